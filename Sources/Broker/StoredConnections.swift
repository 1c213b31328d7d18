public import Authority
public import Gate
import Ledger
import Synchronization
import Wire

/// The connections that could fill a slot, with the epoch that they were read under.
public struct StoredConnections: ConnectionSource {
    private let store: any ConnectionStore
    private let commits: any Commits
    private let world: World
    private let known = KnownConnections()

    public init(store: any ConnectionStore, commits: any Commits, world: World) {
        self.store = store
        self.commits = commits
        self.world = world
    }

    public func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> FoundConnections {
        let scope = EpochScope.connections(organization, owner, provider)
        let epoch = EpochReading(scope: scope, value: commits.epoch(of: scope))
        if let found = known.found(scope), found.epoch == epoch { return found }
        let records = try await store.connections(of: owner, at: provider, in: organization)
        let found = FoundConnections(connections: records.map(\.use), epoch: epoch)
        known.keep(found, for: scope)
        return found
    }

    public func wasRefused(_ use: ConnectionUse) async {
        let scope = EpochScope.connections(use.organization, use.facts.owner, use.facts.provider)
        let reading = EpochReading(scope: scope, value: commits.epoch(of: scope))
        // Connected again or revoked meanwhile: then this refusal says nothing about what is there now.
        guard let row = try? await store.connection(use.facts.id), row.health == .healthy,
            row.generation == use.generation,
            let leaf = try? Leaf(
                kind: .authority, time: world.now().microseconds,
                fields: [
                    "change": "connection.broken", "by": .string("provider:\(use.facts.provider)"),
                    "connection": .string(use.facts.id.raw),
                ])
        else { return }
        try? await commits.commit(
            Transaction(
                requires: [reading], bumps: [scope], changes: [BrokerChange.setHealth(use.facts.id, .broken)],
                leaves: [PlacedLeaf(leaf, in: .organization(use.organization))]))
    }
}

/// What was read last, by owner and provider. The owner is part of the key because it is part of the scope.
private final class KnownConnections: Sendable {
    private let entries = Mutex<[EpochScope: FoundConnections]>([:])

    func found(_ scope: EpochScope) -> FoundConnections? { entries.withLock { $0[scope] } }

    func keep(_ found: FoundConnections, for scope: EpochScope) {
        entries.withLock {
            if $0.count >= 50_000 { $0.removeAll(keepingCapacity: true) }
            $0[scope] = found
        }
    }
}
