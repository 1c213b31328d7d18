public import Authority
public import Gate
import Synchronization

/// The connections that could fill a slot, with the epoch that they were read under.
public struct StoredConnections: ConnectionSource {
    private let store: any ConnectionStore
    private let commits: any Commits
    private let known = KnownConnections()

    public init(store: any ConnectionStore, commits: any Commits) {
        self.store = store
        self.commits = commits
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
