import Authority
import Ledger
import Synchronization

/// What this process counted of each tree since it started, for its heartbeats. A call counts once its leaf is durable,
/// so a heartbeat never says more than the records before it show.
public final class CallTally: Sendable {
    private let counts = Mutex<[TreeID: HeartbeatCounts]>([:])

    public init() {}

    func counts(of tree: TreeID) -> HeartbeatCounts { counts.withLock { $0[tree] ?? HeartbeatCounts() } }

    func add(_ path: WritableKeyPath<HeartbeatCounts, Int64>, to tree: TreeID) {
        counts.withLock { $0[tree, default: HeartbeatCounts()][keyPath: path] += 1 }
    }
}

extension Verdict {
    /// Where calls with this verdict are counted.
    var counter: WritableKeyPath<HeartbeatCounts, Int64> {
        switch self {
        case .permit: \.permit
        case .ask: \.ask
        case .connect: \.connect
        case .deny: \.deny
        }
    }
}
