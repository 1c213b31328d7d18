import Authority
import Gate

/// All that one run has in common: the seed's choices, the clock, the disk, the provider, and who watches.
final class Universe: @unchecked Sendable {
    let queue: JobQueue
    let clock = SimulatedClock()
    let disk = Disk()
    let provider = SimulatedProvider()
    let oracle = Oracle()
    let bug: PlantedBug?
    var plan: FaultPlan
    var generator: SeededGenerator
    private(set) var coverage = Coverage()
    private(set) var hash = TraceHash()
    /// What happened, when the run keeps a story.
    private(set) var story: [String] = []
    private let keepsStory: Bool
    private var ids = 0
    /// What is still on its way, and after how many jobs it arrives.
    private var underWay: [(due: Int, body: @Sendable () -> Void)] = []
    /// The one way that notices take in this run.
    let noticeRoute: NoticeRoute

    init(seed: UInt64, allowed: Set<Int>?, bug: PlantedBug?, keepsStory: Bool) {
        queue = JobQueue(seed: seed)
        generator = SeededGenerator(seed: seed, stream: "world")
        plan = FaultPlan(seed: seed, allowed: allowed)
        self.bug = bug
        noticeRoute = generator.pick([.mail, .webhook])
        self.keepsStory = keepsStory
    }

    func note(_ text: @autoclosure () -> String) {
        let line = text()
        hash.add(line)
        if keepsStory { story.append(line) }
    }

    /// It happens in a while, whatever becomes of whoever sent it.
    func later(_ body: @escaping @Sendable () -> Void) {
        underWay.append((queue.ran + 20 + generator.below(200), body))
    }

    func deliverDue() {
        guard !underWay.isEmpty else { return }
        let due = underWay.filter { $0.due <= queue.ran }
        underWay.removeAll { $0.due <= queue.ran }
        for one in due { one.body() }
    }

    func deliverAll() {
        let due = underWay
        underWay = []
        for one in due { one.body() }
    }

    func newID(_ prefix: String) -> String {
        ids += 1
        return "\(prefix)_\(ids)"
    }

    /// Whatever a port does begins here: others run first, and the seed may have something go wrong.
    ///
    /// - Returns: the fault that the port itself has to make.
    func arrive(at port: Port, in life: Life) async throws(Gone) -> Fault? {
        if life.isOver { throw Gone() }
        await Task.yield()
        if life.isOver { throw Gone() }
        guard let fault = strike(port, life) else { return nil }
        switch fault {
        case .crashBefore:
            life.end()
            throw Gone()
        case .slow:
            for _ in 0..<(5 + generator.below(40)) {
                await Task.yield()
                if life.isOver { throw Gone() }
            }
            return nil
        case .cancelled:
            Trace.current?.cancel?()
            return nil
        case .clockForward:
            clock.advance(microseconds: Int64(1 + generator.below(7200)) * 1_000_000)
            return nil
        case .clockBack:
            clock.advance(microseconds: -Int64(1 + generator.below(7200)) * 1_000_000)
            return nil
        case .crashAfter, .error, .fsync, .torn, .lostAnswer, .lostRequest, .late, .duplicate, .refused,
            .badCredential:
            return fault
        }
    }

    /// The same for a port that can't wait.
    func arriveAtOnce(at port: Port, in life: Life) throws(Gone) -> Fault? {
        if life.isOver { throw Gone() }
        guard let fault = strike(port, life) else { return nil }
        switch fault {
        case .crashBefore:
            life.end()
            throw Gone()
        case .slow, .cancelled, .clockForward, .clockBack, .crashAfter, .error, .fsync, .torn, .lostAnswer,
            .lostRequest, .late, .duplicate, .refused, .badCredential:
            return fault
        }
    }

    private func strike(_ port: Port, _ life: Life) -> Fault? {
        let situation = Trace.current?.situation(of: queue.current) ?? .administering
        guard let fault = plan.fault(at: port, situation) else { return nil }
        let point = FaultPoint(port, situation, fault)
        coverage.note(point)
        note("fault \(point)")
        return fault
    }
}
