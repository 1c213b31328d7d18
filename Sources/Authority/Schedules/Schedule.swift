public enum ScheduleKind {}
/// One schedule of one agent, wherever it is kept.
public typealias ScheduleID = ID<ScheduleKind>

/// What an agent is asked by nobody, and when.
public struct Schedule: Hashable, Sendable {
    /// What becomes of runs that were due while no gateway ran.
    public enum Missed: String, Sendable, CaseIterable {
        case skip
        /// One run for all of them.
        case once
    }

    /// Where an answer goes besides the run's record.
    public struct Place: Hashable, Sendable {
        /// Such as `slack/acme`: channel and account.
        public let channel: String
        /// The channel's own id of the place.
        public let to: String

        public init(channel: String, to: String) {
            self.channel = channel
            self.to = to
        }
    }

    /// As its agent's definition calls it.
    public let name: String
    public let timing: Timing
    /// By its name in the time zone database.
    public let zone: String
    public let message: String
    /// The name of a conversation that its runs go on with; nil for one of its own for each.
    public let session: String?
    public let deliver: Place?
    public let missed: Missed

    public init(
        name: String, timing: Timing, zone: String, message: String, session: String? = nil, deliver: Place? = nil,
        missed: Missed = .skip
    ) {
        self.name = name
        self.timing = timing
        self.zone = zone
        self.message = message
        self.session = session
        self.deliver = deliver
        self.missed = missed
    }
}
