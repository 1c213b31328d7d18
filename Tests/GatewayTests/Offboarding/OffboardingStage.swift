import Authority
import Broker
import Definition
import Gate
import Gateway
import OAuth
import Registry
import Twins
import Vault
import Wire

/// An organization that Bob leaves, over the memory twin.
struct OffboardingStage {
    let store = MemoryStore()
    let clock = FakeWorld()
    let administration: Administration
    let connections: ConnectionDesk
    let desk: OffboardingDesk

    static let acme = OrganizationID("acme")
    static let (bob, carol) = (PersonID("bob"), PersonID("carol"))
    static let operating = Administrator.systemUser(uid: 1)

    /// - Parameter batch: how many secrets one commit destroys.
    init(batch: Int = 10) async throws {
        let (store, world) = (store, clock.world)
        let providers = try ProviderShelf(try BundledProviders.read())
        let keys = try KeyRing.ephemeral()
        administration = Administration(
            store: store, commits: store, shelf: LiveShelf(ToolShelf([])), world: world, accounts: { _ in [] },
            isDemo: true)
        connections = ConnectionDesk(
            store: store, commits: store, errands: NoErrands(), keys: keys,
            fingerprints: Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes)),
            providers: providers, world: world)
        desk = OffboardingDesk(
            administration: administration, leaving: LeavingDesk(store: store, connections: connections),
            revocations: RevocationDesk(
                store: store, commits: store,
                apps: AppDesk(store: store, commits: store, keys: keys, providers: providers, world: world),
                errands: NoErrands(), keys: keys, providers: providers, world: world),
            store: store, organization: OffboardingStage.acme, world: world, batch: batch, remotes: { [] },
            told: {})
        try await administration.addOrganization(
            OffboardingStage.acme, name: "Acme", domains: ["acme.test"], by: OffboardingStage.operating)
        for person in ["bob", "carol"] { try await add(PersonID(person)) }
    }

    func add(_ person: PersonID) async throws {
        _ = try await administration.addPerson(
            person, name: nil, email: "\(person)@acme.test", subjects: [:], by: OffboardingStage.operating,
            in: OffboardingStage.acme)
    }

    /// So many connections of one owner, of which nobody can be told the end.
    func connect(_ count: Int, _ owner: Owner, email: String? = nil, from first: Int = 0) async throws {
        let records = (first..<first + count).map { number in
            ConnectionRecord(
                id: ConnectionID("con-\(owner)-\(number)"), organization: OffboardingStage.acme, owner: owner,
                provider: ProviderID("rippling"), origin: "https://rippling.test", kind: "bearer",
                account: "a\(number)",
                accountName: "a", email: email, scopes: [], generation: 1, fingerprint: "f", sealed: [1, 2, 3],
                health: .healthy, created: clock.world.now())
        }
        try await store.commit(Transaction(changes: records.map { BrokerChange.add($0) }))
    }

    func offboard(agentsTo heir: PersonID? = nil) async throws -> JSON {
        try await desk.offboard(OffboardingStage.bob, agentsTo: heir, by: OffboardingStage.operating).json
    }

    /// How many are alive, and how many of those that aren't still have their secret.
    func left(of owner: Owner) async throws -> (alive: Int, secret: Int) {
        let rows = try await store.connections(in: OffboardingStage.acme, of: owner)
        return (
            rows.count { $0.health != .revoked }, rows.count { $0.health == .revoked && !$0.sealed.isEmpty }
        )
    }

    func changes() async throws -> [String] {
        try await store.records(of: .organization(OffboardingStage.acme), from: 0, limit: 100_000).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
    }
}

extension JSON {
    /// The counts of a report's lines, by what they count.
    func lines(_ part: String) -> [String: Int] {
        Dictionary(
            (self[part]?.arrayValue ?? []).map { ($0["what"]?.stringValue ?? "", Int($0["count"]?.integerValue ?? 0)) },
            uniquingKeysWith: +)
    }
}
