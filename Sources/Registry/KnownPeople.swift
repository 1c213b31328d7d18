import Authority
import Gate

/// The people that a decision's facts are read from: as they are, or as an edit would leave them.
protocol KnownPeople: Sendable {
    func person(_ id: PersonID) async throws -> PersonRecord?
    var directory: any Directory { get }
}

/// As an edit would leave them.
struct ListedPeople: KnownPeople {
    private let people: [PersonID: PersonRecord]

    init(_ people: [PersonRecord]) {
        self.people = Dictionary(people.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func person(_ id: PersonID) -> PersonRecord? { people[id] }

    var directory: any Directory {
        let active = people.values.filter { $0.standing == .active }
        return KnownDirectory(
            peopleByAddress: Dictionary(active.map { ($0.email, $0.id) }, uniquingKeysWith: min),
            active: Set(active.map(\.id)))
    }
}

/// As they are. Addresses that were asked for are remembered while no person of the organization changes.
struct StoredPeople: KnownPeople, Directory {
    struct Address: Hashable {
        let organization: OrganizationID
        let text: String
    }

    /// Nil for an address that is nobody's.
    typealias Memory = EpochCache<Address, PersonID?>

    let store: any RegistryStore
    let commits: any Commits
    let organization: OrganizationID
    let memory: Memory

    var directory: any Directory { self }

    func person(_ id: PersonID) async throws -> PersonRecord? { try await store.person(id, in: organization) }

    func people(at addresses: Set<String>) async throws -> [String: PersonID] {
        var people: [String: PersonID] = [:]
        for address in addresses { people[address] = try await person(at: address) }
        return people
    }

    func active(_ people: Set<PersonID>) async throws -> Set<PersonID> {
        var active: Set<PersonID> = []
        for person in people where try await store.person(person, in: organization)?.standing == .active {
            active.insert(person)
        }
        return active
    }

    private func person(at address: String) async throws -> PersonID? {
        let key = Address(organization: organization, text: address)
        if let known = memory.value(for: key, under: commits) { return known }
        // The epoch is read first: what changes after that makes the commit fail, never pass.
        let epoch = await commits.reading(.organization(organization))
        let record = try await store.person(at: address, in: organization)
        let person = record?.standing == .active ? record?.id : nil
        memory.keep(person, for: key, read: [epoch])
        return person
    }
}
