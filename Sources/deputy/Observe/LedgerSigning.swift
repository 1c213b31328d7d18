import Gate
import Synchronization

/// How far the ledger is signed, as the checkpointer tells it.
final class LedgerSigning: Sendable {
    private struct State {
        var sizes: [TreeID: Int64] = [:]
        var failure: String?
    }

    private let state = Mutex(State())

    func signed(_ sizes: [TreeID: Int64]) { state.withLock { $0.sizes = sizes } }

    /// Told after each attempt.
    ///
    /// - Parameter error: nil when all that had grown was signed.
    func attempted(_ error: (any Error)?) { state.withLock { $0.failure = error.map { "\($0)" } } }

    /// Of the last attempt.
    var failure: String? { state.withLock(\.failure) }

    /// 0 for a tree that wasn't signed by this process yet.
    func size(of tree: TreeID) -> Int64 { state.withLock { $0.sizes[tree] ?? 0 } }
}
