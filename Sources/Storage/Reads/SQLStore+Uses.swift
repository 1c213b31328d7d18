public import Authority
public import Broker

extension SQLStore: UseStore {
    private static let uses = Query(
        """
        SELECT connection_uses.connection AS connection, connection_uses.tool AS tool,
        connection_uses.last_day AS last_day
        FROM connections JOIN connection_uses ON connection_uses.connection = connections.id
        WHERE connections.organization = $1 AND connection_uses.last_day >= $2
        ORDER BY connection_uses.connection, connection_uses.tool
        """)
    private static let usesSince = Query("SELECT at FROM migrations WHERE name = $1")

    public func toolUses(in organization: OrganizationID, since day: Int64) async throws -> [ToolUse] {
        try await rows(SQLStore.uses, [organization.raw, day]).map {
            ToolUse(connection: ConnectionID(try $0["connection"]), tool: try $0["tool"], day: try $0["last_day"])
        }
    }

    public func toolUsesKeptSince() async throws -> Timestamp {
        guard let row = try await row(SQLStore.usesSince, [Migrations.uses]) else {
            throw StorageError(.corrupt, "it isn't noted since when uses of connections are written down")
        }
        return Timestamp(microseconds: try row["at"])
    }
}
