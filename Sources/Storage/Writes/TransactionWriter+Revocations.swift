import Authority
import Broker
import Gate

extension TransactionWriter {
    private static let addRevocation = Query(
        """
        INSERT INTO revocations (id, organization, provider, connection, client, hint, sealed, attempts, due, person)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let claimRevocation = Query(
        "UPDATE revocations SET attempts = $1 + 1, due = $2 WHERE id = $3 AND attempts = $1 RETURNING id")
    private static let laterRevocation = Query("UPDATE revocations SET due = $1 WHERE id = $2 RETURNING id")
    private static let dropRevocation = Query("DELETE FROM revocations WHERE id = $1")

    mutating func apply(revocation change: RevocationChange) async throws {
        switch change {
        case .add(let pending):
            try await mustChange(
                TransactionWriter.addRevocation,
                [
                    pending.id, pending.organization.raw, pending.provider.raw, pending.connection.raw,
                    pending.clientID, pending.hint, pending.sealed, pending.attempts, pending.due.microseconds,
                    pending.person?.raw,
                ], pending.id)
        case .claim(let pending, let due):
            try await mustChange(
                TransactionWriter.claimRevocation, [pending.attempts, due.microseconds, pending.id], pending.id)
        case .later(let id, let due):
            try await mustChange(TransactionWriter.laterRevocation, [due.microseconds, id], id)
        case .drop(let id):
            try await session.run(TransactionWriter.dropRevocation, [id])
            noteShredding()
        }
    }
}
