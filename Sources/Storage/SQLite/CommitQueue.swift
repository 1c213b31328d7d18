import GRDB
import Gate
import Synchronization

/// Gathers transactions into groups and commits each group durably.
///
/// Only the pool's one writer touches the database here, so groups never overlap.
final class CommitQueue: Sendable {
    private struct Job {
        let transaction: Transaction
        /// Nil for an outcome that nobody waits for.
        let continuation: CheckedContinuation<Result<Void, CommitError>, Never>?
    }

    private struct State {
        var pending: [Job] = []
        var isRunning = false
        var isClosed = false
        var isWritable = true
        /// The log still holds a secret that was destroyed.
        var owesTruncation = false
        var isTruncationPlanned = false
        var groups = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let pool: DatabasePool
    private let bound: Int
    private let state = Mutex(State())
    private let memory: StoreMemory
    private let onLostWrite: @Sendable (String) -> Void

    /// - Parameter bound: how many transactions may wait for the next group.
    init(
        pool: DatabasePool, epochs: [String: Int64], bound: Int, onLostWrite: @escaping @Sendable (String) -> Void
    ) {
        self.pool = pool
        self.bound = bound
        memory = StoreMemory(epochs: epochs)
        self.onLostWrite = onLostWrite
    }

    var isWritable: Bool { state.withLock { $0.isWritable } }
    var groups: Int { state.withLock { $0.groups } }

    func epoch(of scope: EpochScope) -> Int64 { memory.epoch(scope.raw) }

    func commit(_ transaction: Transaction) async throws(CommitError) {
        let result: Result<Void, CommitError> = await withCheckedContinuation { continuation in
            if let refusal = enqueue(Job(transaction: transaction, continuation: continuation)) {
                continuation.resume(returning: .failure(.unavailable(refusal)))
            }
        }
        try result.get()
    }

    func submit(_ transaction: Transaction) {
        if let refusal = enqueue(Job(transaction: transaction, continuation: nil)) { onLostWrite(refusal) }
    }

    /// Takes nothing more, and returns when nothing is queued or running.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isClosed = true
                if state.isRunning { state.waiting.append(continuation) }
                return !state.isRunning
            }
            if isIdle { continuation.resume() }
        }
    }

    /// - Returns: why the job can't be taken; nil when it was.
    private func enqueue(_ job: Job) -> String? {
        let (refusal, starts) = state.withLock { state -> (String?, Bool) in
            if state.isClosed { return ("the store is closed", false) }
            guard state.pending.count < bound else { return ("too many writes are waiting", false) }
            state.pending.append(job)
            defer { state.isRunning = true }
            return (nil, !state.isRunning)
        }
        if starts { scheduleGroup() }
        return refusal
    }

    /// Each group queues for the writer anew, so that a checkpoint gets its turn under any load.
    private func scheduleGroup() {
        pool.asyncWriteWithoutTransaction { [self] db in
            let group = state.withLock { state in
                defer { state.pending = [] }
                return state.pending
            }
            commit(group, db)
            let (isDone, waiting) = state.withLock { state -> (Bool, [CheckedContinuation<Void, Never>]) in
                state.isRunning = !state.pending.isEmpty
                guard !state.isRunning else { return (false, []) }
                defer { state.waiting = [] }
                return (true, state.waiting)
            }
            if !isDone { scheduleGroup() }
            for continuation in waiting { continuation.resume() }
        }
    }

    private func commit(_ group: [Job], _ db: Database) {
        var writer = TransactionWriter(db: db, memory: memory)
        var results: [Result<Void, CommitError>] = []
        results.reserveCapacity(group.count)
        do {
            try db.inTransaction(.immediate) {
                for job in group { results.append(try writer.apply(job.transaction)) }
                try writer.writeTrees()
                return .commit
            }
            memory.take(over: writer.changes)
            let hasShredded = state.withLock {
                $0.groups += 1
                $0.isWritable = true
                $0.owesTruncation = $0.owesTruncation || writer.changes.hasShredded
                return writer.changes.hasShredded
            }
            if hasShredded { truncateLog(db) }
        } catch {
            // Nothing of the group is durable: nobody may be told otherwise.
            let failure = CommitError(storing: error)
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

    /// Overwrites what a destroyed secret left in the database file, and empties the log. While somebody reads an older
    /// state that can't be done, and is tried again after the next group; closing the store does it too.
    private func truncateLog(_ db: Database) {
        // A reader of a moment is waited for; a long one, such as a backup, holds up nobody.
        try? db.execute(sql: "PRAGMA busy_timeout = 50")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = 5000") }
        if (try? db.checkpoint(.truncate)) != nil {
            state.withLock { $0.owesTruncation = false }
        } else {
            tryAgainLater()
        }
    }

    private func tryAgainLater() {
        let isFirst = state.withLock { state in
            defer { state.isTruncationPlanned = true }
            return !state.isTruncationPlanned && !state.isClosed
        }
        guard isFirst else { return }
        Task { [self] in
            try? await Task.sleep(for: .seconds(1))
            guard state.withLock({ !$0.isClosed }) else { return }
            pool.asyncWriteWithoutTransaction { [self] db in
                let owes = state.withLock { state in
                    state.isTruncationPlanned = false
                    return state.owesTruncation && !state.isClosed
                }
                if owes { truncateLog(db) }
            }
        }
    }
}

extension CommitError {
    /// The store's own failures, without SQL or values in the text.
    init(storing error: any Error) {
        self =
            switch error {
            case let error as CommitError: error
            case let error as StorageError: .unavailable(error.message)
            case let error as DatabaseError:
                .unavailable("the store can't write: \(error.message ?? "SQLite error \(error.resultCode.rawValue)")")
            default: .unavailable("the store can't write")
            }
    }
}
