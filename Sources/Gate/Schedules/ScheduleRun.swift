public import Authority
public import Wire

public enum RunKind {}
public typealias RunID = ID<RunKind>

/// One time that a schedule was due, or a person wanted it to run.
public struct ScheduleRun: Sendable, Hashable {
    public let id: RunID
    public let schedule: ScheduleID
    public let organization: OrganizationID
    /// When it was due. There is one run for each of a schedule.
    public let due: Timestamp
    public let began: Timestamp
    /// The message that it began with; nil for one that didn't begin.
    public let message: String?
    public var ended: Timestamp?
    public var outcome: RunOutcome?
    /// Why it went as it did.
    public var reason: String?
    /// The turn, once it has ended.
    public var turn: String?
    /// The tools that it called, and which of them answered with an error.
    public var calls: JSON

    public init(
        id: RunID, of schedule: ScheduleID, in organization: OrganizationID, due: Timestamp, began: Timestamp,
        message: String?, ended: Timestamp? = nil, outcome: RunOutcome? = nil, reason: String? = nil,
        turn: String? = nil, calls: JSON = []
    ) {
        self.id = id
        self.schedule = schedule
        self.organization = organization
        self.due = due
        self.began = began
        self.message = message
        self.ended = ended
        self.outcome = outcome
        self.reason = reason
        self.turn = turn
        self.calls = calls
    }
}

public enum RunOutcome: String, Sendable, CaseIterable {
    case answered
    case failed
    /// What it waited for didn't come in time.
    case expired
    /// Somebody stopped it.
    case stopped
    /// It was due, and didn't begin.
    case skipped

    /// Whether nothing came of it though something should have.
    public var isFailure: Bool {
        switch self {
        case .failed: true
        case .answered, .expired, .stopped, .skipped: false
        }
    }
}
