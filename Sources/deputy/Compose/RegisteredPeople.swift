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

    func people(at address: String, in organization: OrganizationID) async throws -> [PersonID] {
        guard let person = try await store.person(at: address.lowercased(), in: organization),
            person.standing == .active
        else { return [] }
        return [person.id]
    }
}
