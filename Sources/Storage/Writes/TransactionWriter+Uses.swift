import Authority
import Broker
import Gate

extension TransactionWriter {
    private static let use = Query(
        """
        INSERT INTO connection_uses (connection, tool, last_day) VALUES ($1, $2, $3)
        ON CONFLICT (connection, tool) DO UPDATE SET last_day = excluded.last_day
        WHERE connection_uses.last_day < excluded.last_day
        """)

    func apply(use change: UseChange) async throws {
        switch change {
        case .used(let use):
            try await session.run(TransactionWriter.use, [use.connection.raw, use.tool, use.day])
        }
    }
}
