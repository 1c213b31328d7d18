import Authority
import Gate
import Synchronization
import Twins

/// The commits of a store, where somebody else's change comes between the reading and the commit of the first one.
final class CrossingCommits: Commits {
    private let store: MemoryStore
    private let other: Mutex<(@Sendable () async throws -> Void)?>

    init(_ store: MemoryStore, _ other: @escaping @Sendable () async throws -> Void) {
        self.store = store
        self.other = Mutex(other)
    }

    func commit(_ transaction: Transaction) async throws(CommitError) {
        let first = other.withLock { other in
            defer { other = nil }
            return other
        }
        do {
            try await first?()
        } catch {
            throw .unavailable("the other change failed: \(error)")
        }
        try await store.commit(transaction)
    }

    func submit(_ transaction: Transaction) { store.submit(transaction) }

    func epoch(of scope: EpochScope) -> Int64 { store.epoch(of: scope) }
    func knownEpoch(of scope: EpochScope) -> Int64? { store.knownEpoch(of: scope) }
}
