import Authority
import Broker
import Gate
import Registry
import Storage
import Vault

/// What a database says was taken away from people and agents. A restored backup from before must not give it back.
struct TakenAway {
    let connections: Set<ConnectionID>
    let people: [PersonID: Standing]
    let agents: [AgentID: Standing]
    let organization: Standing

    init(_ store: SQLiteStore, _ organization: OrganizationID, _ keys: KeyRing) async throws {
        let audit = VaultAudit(
            connections: store, ledger: store, commits: store, keys: keys, world: SystemWorld.make())
        connections = Set(try await audit.revoked(in: organization))
        people = Dictionary(
            uniqueKeysWithValues: try await store.people(in: organization).filter { $0.standing != .active }.map {
                ($0.id, $0.standing)
            })
        agents = Dictionary(
            uniqueKeysWithValues: try await store.agents(in: organization).filter { $0.standing != .active }.map {
                ($0.id, $0.standing)
            })
        self.organization = try await store.organization(organization)?.standing ?? .active
    }
}
