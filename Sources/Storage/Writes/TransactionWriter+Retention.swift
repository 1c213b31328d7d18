import Authority
import Turns
import Wire

extension TransactionWriter {
    private static let forgetTurn = Query(
        "DELETE FROM turns WHERE id = $1 AND state NOT IN ('ready', 'parked') RETURNING message")
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
        case .forgetMessage(let message):
            try await session.run(TransactionWriter.forgetMessage, [message.raw])
        }
    }
}
