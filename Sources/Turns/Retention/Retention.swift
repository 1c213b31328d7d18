public import Authority
public import Gate
public import Wire

/// How long what was said to agents and by them is kept, in whole days after a turn's end.
public struct Retention: Sendable, Hashable {
    /// Of agents that have no days of their own; nil for as long as nobody erases it.
    public var days: Int?
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

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSON) {
        guard let object = json["agents"]?.objectValue else { return nil }
        var agents: [AgentID: Int] = [:]
        for (name, days) in object.members {
            guard let days = days.integerValue.flatMap({ Int(exactly: $0) }) else { return nil }
            agents[AgentID(name)] = days
        }
        self.init(days: json["days"]?.integerValue.flatMap { Int(exactly: $0) }, agents: agents)
    }
}

public protocol RetentionStore: Sendable {
    func retention(in organization: OrganizationID) async throws -> Retention
    func agentsWithTurns(in organization: OrganizationID) async throws -> [AgentID]
    /// Turns that ended, and whose last step was kept before this time. Never one that waits or can go on.
    func agedTurns(
        of agent: AgentID, in organization: OrganizationID, before time: Timestamp, limit: Int
    ) async throws -> [Turn]
    /// Messages that began no turn and never will, taken before this time.
    func agedMessages(in organization: OrganizationID, before time: Timestamp, limit: Int) async throws -> [InboxEntry]
}

public enum RetentionChange: StoredChange {
    case set(Retention, OrganizationID)
    /// A turn that ended, with its message and what was said in it. Nothing happens to one that hasn't ended.
    case forgetTurn(TurnID)
    /// Nothing happens to one that waits, was set aside, or began a turn.
    case forgetMessage(InboxID)
}
