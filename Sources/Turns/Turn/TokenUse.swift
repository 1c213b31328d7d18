public import Authority

/// Whose tokens are counted, and on which day.
public struct TokenUse: Sendable, Hashable {
    public let organization: OrganizationID
    public let agent: AgentID
    public let requester: Requester
    /// Whole days since 1970.
    public let day: Int64

    public init(_ turn: Turn, day: Int64) {
        organization = turn.account.organization
        agent = turn.agent
        requester = turn.requester
        self.day = day
    }

    public static func day(at time: Timestamp) -> Int64 { time.microseconds / 86_400_000_000 }
}

/// Tokens of one day at the most; nil for no limit.
public struct TokenLimits: Sendable, Hashable {
    /// Of an agent, for all its requesters.
    public let agent: Int?
    /// Of an agent for one requester.
    public let requester: Int?

    public init(agent: Int? = nil, requester: Int? = nil) {
        self.agent = agent
        self.requester = requester
    }
}
