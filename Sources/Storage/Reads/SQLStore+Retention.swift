public import Authority
import Gate
public import Turns
import Wire

extension SQLStore: RetentionStore {
    private static let agents = Query("SELECT DISTINCT agent FROM turns WHERE organization = $1 ORDER BY agent")
    private static let aged = Query(
        """
        SELECT * FROM turns WHERE organization = $1 AND agent = $2 AND touched < $3 AND state NOT IN ('ready', 'parked')
        ORDER BY touched, id LIMIT $4
        """)
    private static let agedIgnored = Query(
        """
        SELECT * FROM inbox WHERE organization = $1 AND state = 'ignored' AND received < $2 ORDER BY received, id LIMIT $3
        """)

    public func agentsWithTurns(in organization: OrganizationID) async throws -> [AgentID] {
        try await rows(SQLStore.agents, [organization.raw]).map { AgentID(try $0["agent"]) }
    }

    public func agedTurns(
        of agent: AgentID, in organization: OrganizationID, before time: Timestamp, limit: Int
    ) async throws -> [Turn] {
        try await rows(SQLStore.aged, [organization.raw, agent.raw, time.microseconds, limit]).map(Turn.init(row:))
    }

    public func agedMessages(
        in organization: OrganizationID, before time: Timestamp, limit: Int
    ) async throws -> [InboxEntry] {
        try await rows(SQLStore.agedIgnored, [organization.raw, time.microseconds, limit]).map(InboxEntry.init(row:))
    }
}
