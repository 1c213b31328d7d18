public import Authority
public import Gate
public import Wire

/// How long what was said to agents and by them is kept, in whole days after a turn's end.
public struct Retention: Sendable, Hashable {
    /// Of agents that have no days of their own; nil for as long as nobody erases it.
    public var days: Int?
    /// Of agents whose definition says it.
    public var agents: [AgentID: Int]

    public init(days: Int? = nil, agents: [AgentID: Int] = [:]) {
        self.days = days
        self.agents = agents
    }

    public func days(of agent: AgentID) -> Int? { agents[agent] ?? days }

    public var json: JSON {
        [
            "days": days.map { .number(JSONNumber($0)) } ?? .null,
            "agents": .object(
                JSONObject(agents.sorted { $0.key < $1.key }.map { ($0.key.raw, .number(JSONNumber($0.value))) })),
        ]
    }

    /// What ended before this has been kept for so many days.
    static func cutoff(_ days: Int, at now: Timestamp) -> Timestamp {
        Timestamp(microseconds: now.microseconds - Int64(days) * 86_400_000_000)
    }
}

public protocol RetentionStore: Sendable {
    func agentsWithTurns(in organization: OrganizationID) async throws -> [AgentID]
    /// Turns that ended, and whose last step was kept before this time. Never one that waits or can go on.
    func agedTurns(
        of agent: AgentID, in organization: OrganizationID, before time: Timestamp, limit: Int
    ) async throws -> [Turn]
    /// Messages that began no turn and never will, taken before this time.
    func agedMessages(in organization: OrganizationID, before time: Timestamp, limit: Int) async throws -> [InboxEntry]
}

public enum RetentionChange: StoredChange {
    /// A turn that ended, with its message and what was said in it. Nothing happens to one that hasn't ended.
    case forgetTurn(TurnID)
    /// Nothing happens to one that waits, was set aside, or began a turn.
    case forgetMessage(InboxID)
}
