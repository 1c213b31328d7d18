public import Authority
import GRDB
public import Registry
import Wire

extension SQLiteStore: ServerStore {
    private static let allServers = Query("SELECT record FROM servers WHERE organization = $1 ORDER BY name")
    private static let allTools = Query(
        "SELECT record FROM server_tools WHERE organization = $1 AND server = $2 ORDER BY name")

    public func servers(in organization: OrganizationID) async throws -> [RemoteServer] {
        try await pool.read { db in
            try SQLiteStore.allServers.rows(db, [organization.raw]).map { row in
                guard let server = RemoteServer(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
                    throw StorageError(.corrupt, "a server can't be read")
                }
                return server
            }
        }
    }

    public func pinnedTools(of server: String, in organization: OrganizationID) async throws -> [PinnedTool] {
        try await pool.read { db in
            try SQLiteStore.allTools.rows(db, [organization.raw, server]).map { row in
                guard let tool = PinnedTool(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
                    throw StorageError(.corrupt, "a pinned tool can't be read")
                }
                return tool
            }
        }
    }
}
