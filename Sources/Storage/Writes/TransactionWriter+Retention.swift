import Authority
import Turns
import Wire

extension TransactionWriter {
    private static let forgetTurn = Query(
        """
        DELETE FROM turns WHERE id = $1 AND state NOT IN ('ready', 'parked')
        RETURNING message, session, conversation, began
        """)
    private static let forgetSummaries = [
        Query(
            """
            DELETE FROM payloads WHERE id IN (SELECT payload FROM summaries
              WHERE session = $1 AND conversation = $2 AND first <= $3 AND last >= $3)
            """),
        Query("DELETE FROM summaries WHERE session = $1 AND conversation = $2 AND first <= $3 AND last >= $3"),
    ]
    private static let forgetSent = Query("DELETE FROM sent_calls WHERE turn = $1")
    private static let forgetSaid = Query("DELETE FROM outbox WHERE turn = $1")
    private static let forgetBegun = Query("DELETE FROM inbox WHERE id = $1")
    private static let forgetMessage = Query("DELETE FROM inbox WHERE id = $1 AND state = 'ignored'")

    func apply(retention change: RetentionChange) async throws {
        switch change {
        case .forgetTurn(let turn):
            guard let row = try await session.rows(TransactionWriter.forgetTurn, [turn.raw]).first else { return }
            try await session.run(TransactionWriter.forgetSaid, [turn.raw])
            try await session.run(TransactionWriter.forgetSent, [turn.raw])
            try await session.run(TransactionWriter.forgetBegun, [try row["message"] as String])
            // It says in fewer words what the turn said.
            for query in TransactionWriter.forgetSummaries {
                try await session.run(
                    query, [try row["session"] as String, try row["conversation"] as String, try row["began"] as Int64])
            }
        case .forgetMessage(let message):
            try await session.run(TransactionWriter.forgetMessage, [message.raw])
        }
    }
}
