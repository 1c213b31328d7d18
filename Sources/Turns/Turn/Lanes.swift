import Synchronization

/// What this process is at, so that nothing is run twice at once, any of it can be stopped, and no lane takes all the room.
final class Lanes<Job: Hashable & Sendable, Lane: Hashable & Sendable>: Sendable {
    private struct State {
        var tasks: [Job: Task<Void, Never>] = [:]
        var sizes: [Lane: Int] = [:]
    }

    private let state = Mutex(State())
    /// Jobs at once, and of one lane.
    let most: Int
    let each: Int

    init(most: Int, each: Int) {
        self.most = most
        self.each = each
    }

    var jobs: Set<Job> { state.withLock { Set($0.tasks.keys) } }

    /// How many there may be with so many more, where there is room.
    func limit(atOnce more: Int) -> Int { min(most, state.withLock(\.tasks.count) + more) }

    /// Nothing happens when it runs already, or there is no room.
    func start(_ job: Job, in lane: Lane, _ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            guard state.tasks[job] == nil, state.tasks.count < most, state.sizes[lane, default: 0] < each else {
                return
            }
            state.sizes[lane, default: 0] += 1
            state.tasks[job] = Task {
                await work()
                self.leave(job, lane)
            }
        }
    }

    private func leave(_ job: Job, _ lane: Lane) {
        state.withLock { state in
            state.tasks[job] = nil
            state.sizes[lane, default: 0] -= 1
            if state.sizes[lane] == 0 { state.sizes[lane] = nil }
        }
    }

    func cancel(_ job: Job) { state.withLock { $0.tasks[job]?.cancel() } }

    /// Stops all of them, and returns when they have stopped.
    func cancelAll() async {
        for task in state.withLock({ Array($0.tasks.values) }) { task.cancel() }
        await wait()
    }

    /// Returns when those that run now have stopped by themselves.
    func wait() async {
        for task in state.withLock({ Array($0.tasks.values) }) { await task.value }
    }
}
