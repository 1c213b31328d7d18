import Authority
import Broker
import Gate
import OAuth

extension TransactionWriter {
    private static let keepApp = Query(
        """
        INSERT INTO apps (id, organization, provider, client, authentication, sealed, created, issuer, is_rotating,
        agent, app_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO UPDATE SET client = excluded.client, authentication = excluded.authentication,
        sealed = excluded.sealed, created = excluded.created, issuer = excluded.issuer,
        is_rotating = excluded.is_rotating, app_id = excluded.app_id
        """)
    private static let removeApp = Query("DELETE FROM apps WHERE id = $1")

    mutating func apply(app change: AppChange) async throws {
        switch change {
        case .keep(let record):
            try await session.run(
                TransactionWriter.keepApp,
                [
                    record.id, record.organization.raw, record.provider.raw, record.clientID,
                    record.authentication.rawValue, record.sealed, record.created.microseconds, record.issuer,
                    record.isRotating ? 1 : 0, record.agent?.raw ?? "", record.appID,
                ])
        case .remove(let provider, of: let agent, let organization):
            try await session.run(TransactionWriter.removeApp, [AppRecord.id(provider, of: agent, in: organization)])
            noteShredding()
        }
    }

    private static let keepTokens = Query(
        """
        INSERT INTO token_sets (id, grant_of, generation, client, fingerprint, access, refresh, expires, obtained, due,
        lease_owner, lease_until, attempted, failure, failure_code, failures, failure_claims)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, NULL, NULL, '', 0, NULL)
        ON CONFLICT (id) DO UPDATE SET grant_of = excluded.grant_of, generation = excluded.generation,
        client = excluded.client, fingerprint = excluded.fingerprint, access = excluded.access,
        refresh = excluded.refresh, expires = excluded.expires, obtained = excluded.obtained, due = excluded.due,
        lease_owner = '', lease_until = 0, attempted = NULL, failure = NULL, failure_code = '', failures = 0,
        failure_claims = NULL
        """)
    private static let claim = Query(
        """
        UPDATE token_sets SET lease_owner = $1, lease_until = $2, attempted = $3
        WHERE id = $4 AND grant_of = $5 AND generation = $6 AND COALESCE(token_sets.attempted, -1) = $7
        AND failures = $8 AND lease_until <= $3 RETURNING id
        """)
    private static let renew = Query(
        """
        UPDATE token_sets SET generation = $1, fingerprint = $2, access = $3, refresh = $4, expires = $5, obtained = $6,
        due = $7, lease_owner = '', lease_until = 0, attempted = NULL, failure = NULL, failure_code = '', failures = 0,
        failure_claims = NULL
        WHERE id = $8 AND grant_of = $9 AND generation + 1 = $1 RETURNING id
        """)
    private static let giveUp = Query(
        """
        UPDATE token_sets SET lease_owner = '', lease_until = 0,
        attempted = CASE WHEN CAST($1 AS BIGINT) = 1 THEN NULL ELSE token_sets.attempted END,
        failure = $2, failure_code = $3, failures = $4, failure_claims = $5, due = $6
        WHERE id = $7 AND generation = $8 AND lease_owner = $9 RETURNING id
        """)
    private static let drop = Query("DELETE FROM token_sets WHERE id = $1")
    private static let still = Query(
        "UPDATE token_sets SET generation = $1 WHERE id = $2 AND generation = $1 RETURNING id")

    mutating func apply(token change: TokenSetChange) async throws {
        switch change {
        case .keep(let record):
            let values: [any Storable] = [
                record.connection.raw, record.grant, record.generation, record.clientID, record.fingerprint,
                record.access, record.refresh, record.expires?.microseconds, record.obtained.microseconds,
                record.due?.microseconds,
            ]
            try await session.run(TransactionWriter.keepTokens, values)
        case .claim(let record, let lease, let now):
            let values: [any Storable] = [
                lease.owner, lease.until.microseconds, now.microseconds, record.connection.raw, record.grant,
                record.generation, record.attempted?.microseconds ?? -1, record.failure?.count ?? 0,
            ]
            try await mustChange(TransactionWriter.claim, values, record.connection.raw)
        case .renew(let record):
            let values: [any Storable] = [
                record.generation, record.fingerprint, record.access, record.refresh, record.expires?.microseconds,
                record.obtained.microseconds, record.due?.microseconds, record.connection.raw, record.grant,
            ]
            try await mustChange(TransactionWriter.renew, values, record.connection.raw)
        case .giveUp(let id, let generation, let owner, let trouble, let due, let isAnswered):
            let answered: Int64 = isAnswered ? 1 : 0
            let values: [any Storable] = [
                answered, trouble.kind.rawValue, trouble.code, trouble.count, trouble.claims, due?.microseconds, id.raw,
                generation, owner,
            ]
            try await mustChange(TransactionWriter.giveUp, values, id.raw)
        case .drop(let id):
            try await session.run(TransactionWriter.drop, [id.raw])
        case .still(let id, let generation):
            try await mustChange(TransactionWriter.still, [generation, id.raw], id.raw)
        }
    }
}
