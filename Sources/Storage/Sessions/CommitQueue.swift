import Gate
import Synchronization

/// Gathers transactions into groups and has each group committed durably, one after the other.
///
/// There is no timer: a commit starts when the one before it ends, with everything that has gathered meanwhile.
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
        var groups = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var observer: (@Sendable (Int, Duration) -> Void)?
    }

    private let driver: any Driver
    private let bound: Int
    private let state = Mutex(State())
    private let onLostWrite: @Sendable (String) -> Void

    /// - Parameter bound: how many transactions may wait for the next group.
    init(driver: any Driver, bound: Int, onLostWrite: @escaping @Sendable (String) -> Void) {
        self.driver = driver
        self.bound = bound
        self.onLostWrite = onLostWrite
    }

    var isWritable: Bool { state.withLock { $0.isWritable } }
    var groups: Int { state.withLock { $0.groups } }
    var length: Int { state.withLock { $0.pending.count } }

    /// - Parameter observer: told of each group how many transactions it had and how long its commit took.
    func observe(_ observer: @escaping @Sendable (Int, Duration) -> Void) {
        state.withLock { $0.observer = observer }
    }

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
        if starts { Task { await runGroups() } }
        return refusal
    }

    private func runGroups() async {
        while let group = next() {
            let start = ContinuousClock.now
            let outcome = await driver.commit(group.map(\.transaction))
            state.withLock(\.observer)?(group.count, ContinuousClock.now - start)
            state.withLock { state in
                state.isWritable = outcome.isWritable
                if outcome.isWritable { state.groups += 1 }
            }
            for (job, result) in zip(group, outcome.results) {
                if let continuation = job.continuation {
                    continuation.resume(returning: result)
                } else if case .failure(let error) = result {
                    onLostWrite("\(error)")
                }
            }
        }
    }

    /// What has gathered; nil, and the end of running, when nothing has.
    private func next() -> [Job]? {
        let (group, waiting) = state.withLock { state -> ([Job]?, [CheckedContinuation<Void, Never>]) in
            guard state.pending.isEmpty else {
                defer { state.pending = [] }
                return (state.pending, [])
            }
            state.isRunning = false
            defer { state.waiting = [] }
            return (nil, state.waiting)
        }
        for continuation in waiting { continuation.resume() }
        return group
    }
}
