public import Authority
import Gate
public import Registry
import Wire

extension SQLStore: ServerStore {
    private static let allServers = Query("SELECT record FROM servers WHERE organization = $1 ORDER BY name")
    private static let allTools = Query(
        "SELECT record FROM server_tools WHERE organization = $1 AND server = $2 ORDER BY name")

    private static let allLooks = Query(
        """
        SELECT server, tried, compared, failure, missing FROM server_looks WHERE organization = $1 ORDER BY server
        """)

    public func servers(in organization: OrganizationID) async throws -> [RemoteServer] {
        try await rows(SQLStore.allServers, [organization.raw]).map { row in
            guard let server = RemoteServer(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
                throw StorageError(.corrupt, "a server can't be read")
            }
            return server
        }
    }

    public func pinnedTools(of server: String, in organization: OrganizationID) async throws -> [PinnedTool] {
        try await rows(SQLStore.allTools, [organization.raw, server]).map { row in
            guard let tool = PinnedTool(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
                throw StorageError(.corrupt, "a pinned tool can't be read")
            }
            return tool
        }
    }

    public func serverLooks(in organization: OrganizationID) async throws -> [ServerLook] {
        try await rows(SQLStore.allLooks, [organization.raw]).map { row in
            let compared: Int64? = try row["compared"]
            return ServerLook(
                organization: organization, server: try row["server"],
                tried: Timestamp(microseconds: try row["tried"]),
                compared: compared.map { Timestamp(microseconds: $0) }, failure: try row["failure"],
                missing: Int(try row["missing"] as Int64))
        }
    }
}
