import Synchronization
import Wire

/// A tree that doesn't begin with what was signed of it: an older copy is in its place, or one that went another way.
public struct ForkedTree: Error, Sendable, Hashable, CustomStringConvertible {
    public let tree: TreeID
    /// How many records were signed.
    public let signed: Int64
    /// How many there are.
    public let found: Int64

    public init(tree: TreeID, signed: Int64, found: Int64) {
        self.tree = tree
        self.signed = signed
        self.found = found
    }

    public var isShorter: Bool { found < signed }

    public var description: String {
        isShorter
            ? "the ledger `\(tree.raw)` has \(found) records, and \(signed) were signed here: an older copy of the "
                + "database was put in its place"
            : "the ledger `\(tree.raw)` isn't the one that was signed here: its first \(signed) records are others"
    }
}

/// What was signed last of each tree, by this process and before it. All copies of a checkpointer share it.
final class SignedHeads: Sendable {
    private struct State {
        let before: [TreeID: TreeHead]
        var ours: [TreeID: TreeHead] = [:]
        var fork: ForkedTree?
    }

    private let state: Mutex<State>

    init(before: [TreeID: TreeHead]) { state = Mutex(State(before: before)) }

    var known: [TreeID: TreeHead] { state.withLock { $0.before.merging($0.ours) { $1 } } }
    var fork: ForkedTree? { state.withLock(\.fork) }

    func last(of tree: TreeID) -> (head: TreeHead?, isOurs: Bool) {
        state.withLock { state in
            if let head = state.ours[tree] { return (head, true) }
            return (state.before[tree], false)
        }
    }

    func keep(_ head: TreeHead, of tree: TreeID) {
        state.withLock { if head.size > $0.ours[tree]?.size ?? 0 { $0.ours[tree] = head } }
    }

    /// The first one stays.
    func fork(_ fork: ForkedTree) -> ForkedTree {
        state.withLock { state in
            if state.fork == nil { state.fork = fork }
            return state.fork ?? fork
        }
    }
}
