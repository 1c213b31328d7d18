import GRDB
import Gate
import Synchronization

/// Gathers transactions into groups and commits each group durably.
final class CommitQueue: Sendable {
    /// Beyond this many, writers are turned away rather than kept in memory.
    static let bound = 4096

    private struct Job {
        let transaction: Transaction
        /// Nil for an outcome that nobody waits for.
        let continuation: CheckedContinuation<Result<Void, CommitError>, Never>?
    }

    private struct State {
        var pending: [Job] = []
        var isRunning = false
        var isWritable = true
        var groups = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let pool: DatabasePool
    private let state = Mutex(State())
    private let epochs: Mutex<[String: Int64]>
    private let trees = Mutex<[TreeID: TreeState]>([:])
    private let onLostWrite: @Sendable (String) -> Void

    init(pool: DatabasePool, epochs: [String: Int64], onLostWrite: @escaping @Sendable (String) -> Void) {
        self.pool = pool
        self.epochs = Mutex(epochs)
        self.onLostWrite = onLostWrite
    }

    var isWritable: Bool { state.withLock { $0.isWritable } }
    var groups: Int { state.withLock { $0.groups } }

    func epoch(of scope: EpochScope) -> Int64 { epochs.withLock { $0[scope.raw] ?? 0 } }

    func commit(_ transaction: Transaction) async throws(CommitError) {
        let result: Result<Void, CommitError> = await withCheckedContinuation { continuation in
            if !enqueue(Job(transaction: transaction, continuation: continuation)) {
                continuation.resume(returning: .failure(.unavailable("too many writes are waiting")))
            }
        }
        try result.get()
    }

    func submit(_ transaction: Transaction) {
        if !enqueue(Job(transaction: transaction, continuation: nil)) { onLostWrite("too many writes are waiting") }
    }

    /// Returns when nothing is queued or running.
    func drained() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.isRunning { state.waiting.append(continuation) }
                return !state.isRunning
            }
            if isIdle { continuation.resume() }
        }
    }

    private func enqueue(_ job: Job) -> Bool {
        let (isTaken, starts) = state.withLock { state -> (Bool, Bool) in
            guard state.pending.count < CommitQueue.bound else { return (false, false) }
            state.pending.append(job)
            defer { state.isRunning = true }
            return (true, !state.isRunning)
        }
        if starts {
            pool.asyncWriteWithoutTransaction { [self] db in
                while let group = nextGroup() { commit(group, db) }
            }
        }
        return isTaken
    }

    private func nextGroup() -> [Job]? {
        let (group, waiting) = state.withLock { state -> ([Job]?, [CheckedContinuation<Void, Never>]) in
            if state.pending.isEmpty {
                state.isRunning = false
                defer { state.waiting = [] }
                return (nil, state.waiting)
            }
            defer { state.pending = [] }
            return (state.pending, [])
        }
        for continuation in waiting { continuation.resume() }
        return group
    }

    private func commit(_ group: [Job], _ db: Database) {
        var writer = TransactionWriter(
            db: db, epochs: epochs.withLock { $0 }, trees: trees.withLock { $0 })
        var results: [Result<Void, CommitError>] = []
        do {
            try db.inTransaction(.immediate) {
                results = group.map { writer.apply($0.transaction) }
                try writer.writeTrees()
                return .commit
            }
            epochs.withLock { $0 = writer.epochs }
            trees.withLock { $0 = writer.trees }
            state.withLock {
                $0.groups += 1
                $0.isWritable = true
            }
        } catch {
            // Nothing of the group is durable: nobody may be told otherwise.
            let failure = CommitError.unavailable("the store can't write: \(error)")
            results = group.map { _ in .failure(failure) }
            state.withLock { $0.isWritable = false }
        }
        for (job, result) in zip(group, results) {
            if let continuation = job.continuation {
                continuation.resume(returning: result)
            } else if case .failure(let error) = result {
                onLostWrite("\(error)")
            }
        }
    }
}
