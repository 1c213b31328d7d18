import Authority
import Gate
import Registry
import Wire

extension TransactionWriter {
    private static let setServer = Query(
        """
        INSERT INTO servers (organization, name, record) VALUES ($1, $2, $3)
        ON CONFLICT (organization, name) DO UPDATE SET record = excluded.record
        """)
    private static let removeServer = Query("DELETE FROM servers WHERE organization = $1 AND name = $2")
    private static let removeTools = Query("DELETE FROM server_tools WHERE organization = $1 AND server = $2")
    private static let pin = Query(
        """
        INSERT INTO server_tools (organization, server, name, record) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organization, server, name) DO UPDATE SET record = excluded.record
        """)

    private static let removeLook = Query("DELETE FROM server_looks WHERE organization = $1 AND server = $2")
    private static let look = Query(
        """
        INSERT INTO server_looks (organization, server, tried, compared, failure, missing) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (organization, server) DO UPDATE SET tried = excluded.tried, compared = excluded.compared,
        failure = excluded.failure, missing = excluded.missing
        """)

    func apply(server change: ServerChange) async throws {
        switch change {
        case .set(let server):
            try await session.run(
                TransactionWriter.setServer, [server.organization.raw, server.name, server.json.text])
        case .remove(let organization, let name):
            try await session.run(TransactionWriter.removeServer, [organization.raw, name])
            try await session.run(TransactionWriter.removeTools, [organization.raw, name])
            try await session.run(TransactionWriter.removeLook, [organization.raw, name])
        case .pin(let organization, let tool):
            try await session.run(TransactionWriter.pin, [organization.raw, tool.server, tool.name, tool.json.text])
        case .look(let look):
            try await session.run(
                TransactionWriter.look,
                [
                    look.organization.raw, look.server, look.tried.microseconds, look.compared?.microseconds,
                    look.failure, Int64(look.missing),
                ])
        }
    }
}
