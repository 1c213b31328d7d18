/// Runs the jobs of one simulation, one at a time, each chosen by the seed among all that could run: in which order
/// tasks go on at their suspensions is part of the seed.
///
/// Everything of a simulation happens on the one thread that calls `run`, so nothing in it is locked.
final class JobQueue: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var generator: SeededGenerator
        var ran = 0
        var current = ""
    }

    private let state: Confined<State>

    init(seed: UInt64) {
        state = Confined(State(generator: SeededGenerator(seed: seed, stream: "jobs")))
    }

    /// How many jobs have run.
    var ran: Int { state.ran }
    /// Names the task that runs: equal for all of its jobs, and for no other's.
    var current: String { state.current }

    func enqueue(_ job: consuming ExecutorJob) { state.jobs.append(UnownedJob(job)) }

    func add(_ job: UnownedJob) { state.jobs.append(job) }

    /// Runs one job to its next suspension.
    ///
    /// - Returns: false when there was none.
    func runOne() -> Bool {
        guard let job = next() else { return false }
        state.current = job.description
        job.runSynchronously(on: asUnownedSerialExecutor())
        return true
    }

    private func next() -> UnownedJob? {
        let count = state.jobs.count
        guard count > 0 else { return nil }
        state.ran += 1
        return state.jobs.remove(at: count == 1 ? 0 : state.generator.below(count))
    }
}
