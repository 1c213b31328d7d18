public import Authority
public import Wire

/// A schedule of an agent's definition, and where it stands.
public struct ScheduleRecord: Sendable, Hashable {
    public let id: ScheduleID
    public let organization: OrganizationID
    public let agent: AgentID
    /// As its agent's definition calls it.
    public let name: String
    /// As it stands in the definition.
    public let definition: JSON
    /// Whose authority it has: nothing runs that they may not any more.
    public var author: PersonID
    public var state: ScheduleState
    /// Why it isn't active.
    public var reason: String?
    /// When it was set, from which intervals are counted.
    public var set: Timestamp
    /// When it is due next; nil when it isn't any more.
    public var next: Timestamp?
    /// Runs that failed one after the other.
    public var failures: Int
    /// Counts changes, so that two writers exclude each other.
    public var revision: Int64

    public init(
        organization: OrganizationID, agent: AgentID, name: String, definition: JSON, author: PersonID,
        state: ScheduleState = .active, reason: String? = nil, set: Timestamp, next: Timestamp?, failures: Int = 0,
        revision: Int64 = 0
    ) {
        id = ScheduleRecord.id(of: name, agent, in: organization)
        self.organization = organization
        self.agent = agent
        self.name = name
        self.definition = definition
        self.author = author
        self.state = state
        self.reason = reason
        self.set = set
        self.next = next
        self.failures = failures
        self.revision = revision
    }

    /// A plain name, since a channel's account is called so.
    public static func id(of name: String, _ agent: AgentID, in organization: OrganizationID) -> ScheduleID {
        let parts: JSON = [.string(organization.raw), .string(agent.raw), .string(name)]
        return ScheduleID("sch_" + String(Digest.sha256(of: parts.bytes()).hex.prefix(32)))
    }
}

public enum ScheduleState: String, Sendable, CaseIterable {
    case active
    /// A person paused it, or whoever it has its authority from lost it.
    case paused
    /// It failed too often.
    case suspended
    /// It isn't due any more.
    case over

    /// Whether nothing begins until somebody resumes it.
    public var isStopped: Bool {
        switch self {
        case .paused, .suspended: true
        case .active, .over: false
        }
    }
}
