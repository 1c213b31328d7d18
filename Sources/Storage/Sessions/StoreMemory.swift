import Gate
import Synchronization

/// What a group of transactions changed of the memory that mirrors the store.
struct MemoryChanges {
    var epochs: [String: Int64] = [:]
    var trees: [TreeID: TreeState] = [:]
    /// A secret was destroyed: what the log still holds of it has to go too.
    var hasShredded = false

    mutating func merge(_ later: MemoryChanges) {
        hasShredded = hasShredded || later.hasShredded
        epochs.merge(later.epochs) { $1 }
        trees.merge(later.trees) { $1 }
    }
}

/// The durable state that is asked for too often to be read from tables: epochs, and the ends of trees. Changed only
/// after a commit has succeeded, so that it never says what a crash could take back.
final class StoreMemory: Sendable {
    /// Reads one epoch from its table; nil when it can't be read.
    typealias Reading = @Sendable (String) -> Int64?

    private struct State {
        var epochs: [String: Int64]
        /// How often commits have changed epochs.
        var changes = 0
        var trees: [TreeID: TreeState] = [:]
    }

    private let state: Mutex<State>
    private let reading: Reading?

    /// How many epochs are kept of those that can be read again.
    private static let bound = 200_000

    /// With all epochs that there are, where other gateways move some.
    init(epochs: [String: Int64]) {
        state = Mutex(State(epochs: epochs))
        reading = nil
    }

    /// With none: each is read when it is first asked for, so that a start doesn't take the longer the more there are.
    init(reading: @escaping Reading) {
        state = Mutex(State(epochs: [:]))
        self.reading = reading
    }

    static let all = Query("SELECT scope, value FROM epochs")
    static let one = Query("SELECT value FROM epochs WHERE scope = $1")

    static func epochs(_ rows: [Row]) throws -> [String: Int64] {
        var epochs: [String: Int64] = [:]
        epochs.reserveCapacity(rows.count)
        for row in rows { epochs[try row["scope"]] = try row["value"] }
        return epochs
    }

    /// The value of an epoch, 0 before its first bump. One that can't be read is below 0, which no commit takes.
    func epoch(_ scope: String) -> Int64 {
        let (known, changes) = state.withLock { ($0.epochs[scope], $0.changes) }
        if let known { return known }
        guard let reading else { return 0 }
        guard let value = reading(scope) else { return -1 }
        state.withLock { state in
            // A commit meanwhile knows better.
            guard state.changes == changes else { return }
            if state.epochs.count >= StoreMemory.bound { state.epochs.removeAll(keepingCapacity: true) }
            state.epochs[scope] = value
        }
        return value
    }

    /// Nil for a tree that wasn't appended to since the store was opened.
    func tree(_ tree: TreeID) -> TreeState? { state.withLock { $0.trees[tree] } }

    /// What other gateways have committed. An epoch only grows, however late the news.
    func learn(epochs: [String: Int64], forgetting trees: [TreeID] = []) {
        state.withLock { state in
            state.epochs.merge(epochs) { max($0, $1) }
            for tree in trees { state.trees[tree] = nil }
        }
    }

    func take(over changes: MemoryChanges) {
        state.withLock { state in
            if !changes.epochs.isEmpty { state.changes += 1 }
            state.epochs.merge(changes.epochs) { max($0, $1) }
            state.trees.merge(changes.trees) { $1 }
        }
    }
}
