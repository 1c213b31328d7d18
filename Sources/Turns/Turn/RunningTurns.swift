import Synchronization

/// The turns that this process is at, so that none is run twice and any can be stopped.
final class RunningTurns: Sendable {
    private let tasks = Mutex<[TurnID: Task<Void, Never>]>([:])

    var count: Int { tasks.withLock(\.count) }

    /// Nothing happens when it runs already.
    func start(_ turn: TurnID, _ work: @escaping @Sendable () async -> Void) {
        tasks.withLock { tasks in
            guard tasks[turn] == nil else { return }
            tasks[turn] = Task {
                await work()
                self.tasks.withLock { $0[turn] = nil }
            }
        }
    }

    func cancel(_ turn: TurnID) { tasks.withLock { $0[turn]?.cancel() } }

    /// Stops all of them, and returns when they have stopped.
    func cancelAll() async {
        for task in tasks.withLock({ Array($0.values) }) { task.cancel() }
        await wait()
    }

    /// Returns when those that run now have stopped by themselves.
    func wait() async {
        for task in tasks.withLock({ Array($0.values) }) { await task.value }
    }
}
