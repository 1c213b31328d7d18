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
///
/// An epoch is read when it is first asked for, so that a start doesn't take the longer the more there are.
final class StoreMemory: Sendable {
    private struct State {
        var epochs: [String: Int64] = [:]
        /// How often the epochs were forgotten.
        var age = 0
        var trees: [TreeID: TreeState] = [:]

        /// An epoch only grows, however late the news.
        mutating func learn(_ news: [String: Int64], atMost bound: Int) {
            if epochs.count + news.count > bound { forget() }
            epochs.merge(news) { max($0, $1) }
        }

        mutating func forget() {
            epochs.removeAll(keepingCapacity: true)
            age += 1
        }
    }

    private let state = Mutex(State())
    private let bound: Int

    /// - Parameter bound: how many epochs are kept.
    init(bound: Int = 200_000) {
        self.bound = bound
    }

    static let one = Query("SELECT value FROM epochs WHERE scope = $1")

    static func epochs(_ rows: [Row]) throws -> [String: Int64] {
        var epochs: [String: Int64] = [:]
        epochs.reserveCapacity(rows.count)
        for row in rows { epochs[try row["scope"]] = try row["value"] }
        return epochs
    }

    func epoch(_ scope: String) -> Int64? { state.withLock { $0.epochs[scope] } }

    /// The value of an epoch: the known one, or what `reading` finds in the table. What was read is kept only if nothing
    /// was forgotten meanwhile: with it might have gone a later value.
    func epoch(_ scope: String, orRead reading: () async throws -> Int64) async rethrows -> Int64 {
        let (known, age) = state.withLock { ($0.epochs[scope], $0.age) }
        if let known { return known }
        let value = try await reading()
        return state.withLock { state in
            if state.age == age { state.learn([scope: value], atMost: bound) }
            return max(value, state.epochs[scope] ?? 0)
        }
    }

    /// Nobody knows what was missed: every epoch is read anew.
    func forgetEpochs() { state.withLock { $0.forget() } }

    /// Nil for a tree that wasn't appended to since the store was opened.
    func tree(_ tree: TreeID) -> TreeState? { state.withLock { $0.trees[tree] } }

    /// What other gateways have committed.
    func learn(epochs: [String: Int64], forgetting trees: [TreeID] = []) {
        state.withLock { state in
            state.learn(epochs, atMost: bound)
            for tree in trees { state.trees[tree] = nil }
        }
    }

    func take(over changes: MemoryChanges) {
        state.withLock { state in
            state.learn(changes.epochs, atMost: bound)
            state.trees.merge(changes.trees) { $1 }
        }
    }
}
