import Authority
import Broker
import Gate
import Wire

extension TransactionWriter {
    private static let add = Query(
        """
        INSERT INTO connections (id, organization, owner_kind, owner, provider, origin, kind, account, account_name, email,
        scopes, generation, fingerprint, sealed, health, created, issuer, granted, lacks, asserted_as, former_account)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let reconnect = Query(
        """
        UPDATE connections SET account = $1, account_name = $2, email = $3, scopes = $4, generation = $5,
        fingerprint = $6, sealed = $7, health = $8, issuer = $9, granted = $10, lacks = $11, asserted_as = $12,
        former_account = $13
        WHERE id = $14 AND organization = $15 AND owner_kind = $16 AND owner = $17 AND provider = $18 AND origin = $19
        AND generation + 1 = $5 AND health <> 'revoked' RETURNING id
        """)
    private static let setScopes = Query("UPDATE connections SET scopes = $1 WHERE id = $2 RETURNING id")
    private static let lack = Query("UPDATE connections SET lacks = $1 WHERE id = $2 AND generation = $3 RETURNING id")
    // What is revoked stays so, whoever finds it broken as well.
    private static let setHealth = Query(
        """
        UPDATE connections SET health = CASE WHEN health = 'revoked' THEN health ELSE $1 END WHERE id = $2 RETURNING id
        """)
    private static let revokeAll = Query(
        """
        UPDATE connections SET health = 'revoked'
        WHERE organization = $1 AND owner_kind = $2 AND owner = $3 AND health <> 'revoked'
        """)
    // Of none of them anybody has to do anything any more, nor to be warned.
    private static let forgetMarks = Query(
        """
        DELETE FROM health_marks WHERE organization = $1 AND subject IN (
          SELECT 'connection/' || id FROM connections
          WHERE organization = $1 AND owner_kind = $2 AND owner = $3 AND health <> 'revoked')
        """)
    private static let forgetEnds = Query(
        """
        DELETE FROM secret_ends WHERE organization = $1 AND subject IN (
          SELECT 'key/' || id FROM connections
          WHERE organization = $1 AND owner_kind = $2 AND owner = $3 AND health <> 'revoked')
        """)
    private static let shred = Query("UPDATE connections SET sealed = $1 WHERE id = $2 RETURNING id")

    mutating func apply(broker change: BrokerChange) async throws {
        switch change {
        case .add(let record):
            try await mustChange(
                TransactionWriter.add,
                [
                    record.id.raw, record.organization.raw, record.owner.kind, record.owner.name, record.provider.raw,
                    record.origin, record.kind, record.account, record.accountName, record.email,
                    record.scopes.sorted().stored.text, record.generation, record.fingerprint,
                    record.sealed, record.health.stored, record.created.microseconds, record.issuer,
                    record.granted.microseconds, record.lacks.json.text, record.assertedAs,
                    record.formerAccount,
                ], record.id.raw)
        case .reconnect(let record):
            try await mustChange(
                TransactionWriter.reconnect,
                [
                    record.account, record.accountName, record.email, record.scopes.sorted().stored.text,
                    record.generation, record.fingerprint, record.sealed, record.health.stored, record.issuer,
                    record.granted.microseconds, record.lacks.json.text, record.assertedAs,
                    record.formerAccount, record.id.raw,
                    record.organization.raw, record.owner.kind, record.owner.name, record.provider.raw, record.origin,
                ], record.id.raw)
        case .setScopes(let id, let scopes):
            try await mustChange(TransactionWriter.setScopes, [scopes.sorted().stored.text, id.raw], id.raw)
        case .lack(let id, let generation, let lacks):
            try await mustChange(TransactionWriter.lack, [lacks.json.text, id.raw, generation], id.raw)
        case .setHealth(let id, let health):
            try await mustChange(TransactionWriter.setHealth, [health.stored, id.raw], id.raw)
        case .shred(let id):
            try await mustChange(TransactionWriter.shred, [[UInt8](), id.raw], id.raw)
            try await apply(token: .drop(id))
            noteShredding()
        case .revokeAll(let organization, let owner):
            for query in [
                TransactionWriter.forgetMarks, TransactionWriter.forgetEnds, TransactionWriter.revokeAll,
            ] {
                try await session.run(query, [organization.raw, owner.kind, owner.name])
            }
        }
    }
}
