import Authority
import Gate

/// All that one run has in common: the seed's choices, the clock, the disk, the provider, and who watches.
final class Universe: Sendable {
    private struct State {
        var plan: FaultPlan
        var generator: SeededGenerator
        var coverage = Coverage()
        var hash = TraceHash()
        var story: [String] = []
        var ids = 0
        /// What is still on its way, and after how many jobs it arrives.
        var underWay: [(due: Int, body: @Sendable () -> Void)] = []
        /// The gateways that run, for news among them.
        var lives: [Life] = []
    }

    let queue: JobQueue
    let clock = SimulatedClock()
    let disk = Disk()
    let provider: SimulatedProvider
    /// Gives out tokens; nil where connections have keys.
    let tokens: SimulatedTokenServer?
    let oracle = Oracle()
    let bug: PlantedBug?
    /// The one way that notices take in this run.
    let noticeRoute: NoticeRoute
    private let keepsStory: Bool
    private let state: Confined<State>

    init(seed: UInt64, allowed: Set<Int>?, bug: PlantedBug?, hasTokens: Bool, keepsStory: Bool) {
        queue = JobQueue(seed: seed)
        var generator = SeededGenerator(seed: seed, stream: "world")
        tokens =
            hasTokens ? SimulatedTokenServer(clock: clock, lifetime: generator.pick([60, 600, 600, 3_600])) : nil
        provider = SimulatedProvider(tokens: tokens)
        noticeRoute = generator.pick([.mail, .webhook])
        state = Confined(
            State(plan: FaultPlan(seed: seed, allowed: allowed, extra: bug?.occasion), generator: generator))
        self.bug = bug
        self.keepsStory = keepsStory
    }

    var generator: SeededGenerator {
        get { state.generator }
        _modify { yield &state.generator }
    }

    var coverage: Coverage { state.coverage }
    var hash: TraceHash { state.hash }
    /// What happened, when the run keeps a story.
    var story: [String] { state.story }
    /// The faults that struck.
    var fired: [(arrival: Int, point: FaultPoint)] { state.plan.fired }

    /// False while the home is made, and while the run settles at its end.
    var hasFaults: Bool {
        get { state.plan.isOn }
        set { state.plan.isOn = newValue }
    }

    func note(_ text: @autoclosure () -> String) {
        let line = text()
        state.hash.add(line)
        if keepsStory { state.story.append(line) }
    }

    /// It happens in a while, whatever becomes of whoever sent it.
    func later(_ body: @escaping @Sendable () -> Void) {
        let due = queue.ran + 20 + generator.below(200)
        state.underWay.append((due, body))
    }

    func deliverDue() {
        guard !state.underWay.isEmpty else { return }
        let ran = queue.ran
        let due = state.underWay.filter { $0.due <= ran }
        state.underWay.removeAll { $0.due <= ran }
        for one in due { one.body() }
    }

    func deliverAll() {
        let due = state.underWay
        state.underWay = []
        for one in due { one.body() }
    }

    func newID(_ prefix: String) -> String {
        state.ids += 1
        return "\(prefix)_\(state.ids)"
    }

    func began(_ life: Life) { state.lives.append(life) }

    /// Other gateways hear of epochs that moved, after a while. Of sessions nobody is told.
    func tell(_ epochs: [EpochScope: Int64], from life: Life) {
        let news = epochs.filter { !$0.key.isOfSession }
        state.lives.removeAll(where: \.isOver)
        guard life.lease != nil, !news.isEmpty else { return }
        for other in state.lives where other.number != life.number { later { other.learn(news) } }
    }

    /// Whatever a port does begins here: others run first, and the seed may have something go wrong.
    ///
    /// - Parameter isRenewing: whether the port is reached for new tokens of a connection.
    /// - Returns: the fault that the port itself has to make.
    func arrive(at port: Port, in life: Life, isRenewing: Bool = false) async throws(Gone) -> Fault? {
        if life.isOver { throw Gone() }
        await Task.yield()
        await life.awake()
        if life.isOver { throw Gone() }
        guard let fault = strike(port, life, isRenewing: isRenewing) else { return nil }
        switch fault {
        case .crashBefore:
            life.end()
            throw Gone()
        case .slow where port == .tokens: return fault
        case .slow:
            for _ in 0..<(5 + generator.below(40)) {
                await Task.yield()
                if life.isOver { throw Gone() }
            }
            return nil
        case .cancelled:
            Trace.current?.cancel()
            return nil
        case .clockForward:
            clock.jump(microseconds: Int64(1 + generator.below(7200)) * 1_000_000)
            return nil
        case .clockBack:
            clock.jump(microseconds: -Int64(1 + generator.below(7200)) * 1_000_000)
            return nil
        case .crashAfter, .error, .fsync, .torn, .lostAnswer, .lostRequest, .late, .duplicate, .refused,
            .badCredential, .serverError, .tooMany:
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
            .lostRequest, .late, .duplicate, .refused, .badCredential, .serverError, .tooMany:
            return fault
        }
    }

    private func strike(_ port: Port, _ life: Life, isRenewing: Bool = false) -> Fault? {
        let trace = Trace.current
        let situation =
            (isRenewing ? trace?.renewal(in: queue.current) : trace?.situation(of: queue.current)) ?? .administering
        guard let fault = state.plan.fault(at: port, situation) else { return nil }
        let point = FaultPoint(port, situation, fault)
        state.coverage.note(point)
        note("fault \(point)")
        return fault
    }
}

extension EpochScope {
    fileprivate var isOfSession: Bool {
        switch self {
        case .session: true
        case .home, .organization, .agent, .person, .client, .connections, .sharing, .software, .app, .issuers:
            false
        }
    }
}
