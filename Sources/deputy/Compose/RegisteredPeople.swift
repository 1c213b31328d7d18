import Authority
import Registry
import Storage
import Turns

/// People of the registry, as far as senders are concerned.
struct RegisteredPeople: SenderPeople {
    let store: SQLStore

    func standing(of person: PersonID, in organization: OrganizationID) async throws -> Standing? {
        try await store.person(person, in: organization)?.standing
    }
}
