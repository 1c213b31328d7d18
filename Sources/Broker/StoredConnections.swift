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
    private let known: KnownConnections

    public init(store: any ConnectionStore, commits: any Commits, world: World) {
        self.init(store: store, commits: commits, world: world, known: KnownConnections())
    }

    init(store: any ConnectionStore, commits: any Commits, world: World, known: KnownConnections) {
        self.store = store
        self.commits = commits
        self.world = world
        self.known = known
    }

    public func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> FoundConnections {
        let scope = EpochScope.connections(organization, owner, provider)
        let epoch = await commits.reading(scope)
        if let found = known.found(epoch) { return found }
        let records = try await store.connections(of: owner, at: provider, in: organization)
        let choices = try await store.choices(of: owner, at: provider, in: organization)
        let found = FoundConnections(
            connections: records.map(\.use),
            chosen: Dictionary(choices.map { ($0.agent, $0.chosen) }) { _, last in last }, epoch: epoch)
        known.keep(found)
        return found
    }

    @discardableResult
    public func wasRefused(_ use: ConnectionUse) async -> Bool {
        let scope = EpochScope.connections(use.organization, use.facts.owner, use.facts.provider)
        let reading = await commits.reading(scope)
        guard let row = try? await store.connection(use.facts.id) else { return false }
        guard row.health == .healthy else { return true }
        // Connected again meanwhile: then this refusal says nothing about what is there now.
        guard !OwnGrant.hasTokens(row.kind), row.generation == use.generation,
            let leaf = try? Leaf(
                kind: .authority, time: world.now().microseconds,
                fields: [
                    "change": "connection.broken", "by": .string("provider:\(use.facts.provider)"),
                    "connection": .string(use.facts.id.raw), "was": row.told,
                ])
        else { return false }
        let breaking: Void? = try? await commits.commit(
            Transaction(
                requires: [reading], bumps: [scope],
                changes: [
                    BrokerChange.setHealth(use.facts.id, .broken),
                    HealthChange.turn(use.turned(ConnectionStanding(.needsReconnect, .refused), by: world)),
                ],
                leaves: [PlacedLeaf(leaf, in: .organization(use.organization))]))
        return breaking != nil
    }
}

/// What was read last, by organization, owner and provider, which are the epoch's scope.
final class KnownConnections: Sendable {
    private let entries = Mutex<[EpochScope: FoundConnections]>([:])
    private let bound: Int
    /// What tells two readings apart. Tests leave the owner out, to see that it is missed.
    private let key: @Sendable (EpochScope) -> EpochScope

    init(bound: Int = 50_000, key: @escaping @Sendable (EpochScope) -> EpochScope = { $0 }) {
        self.bound = bound
        self.key = key
    }

    func found(_ epoch: EpochReading) -> FoundConnections? {
        entries.withLock { entries in
            entries[key(epoch.scope)].flatMap { $0.epoch.value == epoch.value ? $0 : nil }
        }
    }

    func keep(_ found: FoundConnections) {
        guard found.epoch.value >= 0 else { return }
        entries.withLock {
            if $0.count >= bound { $0.removeAll(keepingCapacity: true) }
            $0[key(found.epoch.scope)] = found
        }
    }
}
