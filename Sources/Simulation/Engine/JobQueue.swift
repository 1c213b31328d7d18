/// Runs the jobs of one simulation, one at a time, each chosen by the seed among all that could run: in which order
/// tasks go on at their suspensions is part of the seed.
///
/// Everything of a simulation happens on the one thread that calls `run`, so nothing in it is locked.
final class JobQueue: SerialExecutor, @unchecked Sendable {
    private var jobs: [UnownedJob] = []
    private var generator: SeededGenerator
    /// How many jobs have run.
    private(set) var ran = 0
    /// Names the task that runs: equal for all of its jobs, and for no other's.
    private(set) var current = ""

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed, stream: "jobs")
    }

    var isIdle: Bool { jobs.isEmpty }

    func enqueue(_ job: consuming ExecutorJob) { jobs.append(UnownedJob(job)) }

    func add(_ job: UnownedJob) { jobs.append(job) }

    /// Runs one job to its next suspension.
    ///
    /// - Returns: false when there was none.
    func runOne() -> Bool {
        guard !jobs.isEmpty else { return false }
        let job = jobs.remove(at: jobs.count == 1 ? 0 : generator.below(jobs.count))
        ran += 1
        current = job.description
        job.runSynchronously(on: asUnownedSerialExecutor())
        return true
    }
}
