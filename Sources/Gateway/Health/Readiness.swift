import Synchronization

/// Whether calls can be carried out now, and what keeps them from it.
public final class Readiness: Sendable {
    /// What a check says.
    public enum Finding: Sendable, Hashable {
        case good
        /// Calls still go through, and soon they may not.
        case degraded(String)
        /// Nothing may be promised. The text is for the home's administrator, not for strangers.
        case bad(String)
    }

    /// Where the process stands.
    public enum Phase: String, Sendable {
        case starting, serving, stopping
    }

    /// Everything that was found at one moment.
    public struct Report: Sendable {
        public let phase: Phase
        /// In the order in which the checks were added.
        public let findings: [(name: String, finding: Finding)]

        public var isReady: Bool { phase == .serving && bad.isEmpty }
        /// The names of what is bad.
        public var bad: [String] {
            findings.compactMap { if case .bad = $0.finding { $0.name } else { nil } }
        }
        public var degraded: [String] {
            findings.compactMap { if case .degraded = $0.finding { $0.name } else { nil } }
        }
    }

    private struct State {
        var phase = Phase.starting
        var checks: [BoundedCheck] = []
        var last: (at: ContinuousClock.Instant, report: Report)?
        /// Set while somebody looks.
        var looking: Task<Report, Never>?
    }

    /// For so long an answer serves everybody: strangers can't make us read more often.
    static let freshness = Duration.milliseconds(500)

    private let state = Mutex(State())
    private let limit: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - limit: how long a check may take. What takes longer is bad.
    ///   - now: the clock of freshness.
    public init(
        within limit: Duration = .seconds(3), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limit = limit
        self.now = now
    }

    /// - Parameter name: one word, which strangers are told.
    public func add(_ name: String, _ check: @escaping @Sendable () async -> Finding) {
        let check = BoundedCheck(name, within: limit, check)
        state.withLock { $0.checks.append(check) }
    }

    public var phase: Phase { state.withLock(\.phase) }

    /// A process that stops never serves again.
    public func enter(_ phase: Phase) {
        state.withLock { state in
            guard state.phase != .stopping else { return }
            state.phase = phase
            state.last = nil
        }
    }

    /// Whoever asks while it looks waits for that look: a check that takes long isn't begun twice.
    public func report() async -> Report {
        let looking = state.withLock { state in
            if let looking = state.looking { return looking }
            let last = state.last.flatMap { now() - $0.at < Readiness.freshness ? $0.report : nil }
            let looking = Task { [self] in if let last { last } else { await look() } }
            if last == nil { state.looking = looking }
            return looking
        }
        return await looking.value
    }

    private func look() async -> Report {
        let looks = state.withLock(\.checks).map { check in Task { (check.name, await check.finding()) } }
        var findings: [(String, Finding)] = []
        for look in looks { findings.append(await look.value) }
        let at = now()
        return state.withLock { state in
            let report = Report(phase: state.phase, findings: findings)
            (state.last, state.looking) = ((at, report), nil)
            return report
        }
    }
}
