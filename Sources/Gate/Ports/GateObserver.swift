public import Authority

/// Told how calls go through the gate. It stands on the way of every call: it returns at once, and nothing that it does
/// changes a decision.
public protocol GateObserver: Sendable {
    /// A stage of a call's way is over.
    func passed(_ stage: GateStage, of call: CallID, _ stretch: Stretch)

    /// Has the whole call run, once, and is told how it ended.
    func observing(_ call: CallID, _ run: () async -> EndedCall) async
}

/// The stages that the gate itself takes. What happens upstream is egress's to tell.
public enum GateStage: String, Sendable, CaseIterable {
    /// Facts gathered and decided upon.
    case decide
    /// Decision and intent made durable.
    case commit
    /// The outcome made durable, or queued for it.
    case record
}

/// From one moment to another, by the clock that never stands still.
public struct Stretch: Sendable, Hashable {
    public let start: ContinuousClock.Instant
    public let end: ContinuousClock.Instant

    public init(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) {
        self.start = start
        self.end = end
    }

    public var duration: Duration { end - start }
}

/// What can be said of a call without its arguments, its result and whoever asked.
public struct EndedCall: Sendable, Hashable {
    public let id: CallID
    public let organization: OrganizationID
    public let agent: AgentID
    /// Nil when it wasn't judged: no such tool, arguments that don't fit.
    public let judged: Judged?
    /// ``Answer/name``.
    public let answer: String

    public struct Judged: Sendable, Hashable {
        public let tool: String
        public let identity: ActsAs?
        public let effect: Effect
        /// The layer of the first finding that kept it from being done.
        public let layer: Layer?

        public init(tool: String, identity: ActsAs?, effect: Effect, layer: Layer?) {
            self.tool = tool
            self.identity = identity
            self.effect = effect
            self.layer = layer
        }
    }

    public init(id: CallID, organization: OrganizationID, agent: AgentID, judged: Judged?, answer: String) {
        self.id = id
        self.organization = organization
        self.agent = agent
        self.judged = judged
        self.answer = answer
    }
}
