import Authority
import Gate
import Registry
import Wire

extension TransactionWriter {
    private static let addClient = Query(
        """
        INSERT INTO oauth_clients
        (id, organization, origin, name, redirects, authentication, secret, ceiling, revoked, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let replaceClient = Query(
        """
        UPDATE oauth_clients SET id = $1, organization = $2, origin = $3, name = $4, redirects = $5, authentication = $6,
        secret = $7, ceiling = $8, revoked = $9, created = $10 WHERE id = $1 AND organization = $2 RETURNING id
        """)
    private static let addGrant = Query(
        """
        INSERT INTO oauth_grants
        (id, organization, person, client, agent, resource, redirect, effects, openid, shown, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let addCode = Query(
        """
        INSERT INTO oauth_codes (hash, grant_id, challenge, nonce, signed_in, expires, used)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING RETURNING hash
        """)
    private static let useCode = Query(
        "UPDATE oauth_codes SET used = 1 WHERE hash = $1 AND used = 0 RETURNING hash")
    private static let addOAuthToken = Query(
        """
        INSERT INTO oauth_tokens (hash, kind, grant_id, expires, used, effects, actors)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING RETURNING hash
        """)
    private static let useToken = Query(
        "UPDATE oauth_tokens SET used = 1 WHERE hash = $1 AND used = 0 RETURNING hash")
    private static let forgetCodes = Query(
        """
        DELETE FROM oauth_codes WHERE hash IN (
          SELECT hash FROM oauth_codes WHERE expires <= $1 ORDER BY expires, hash LIMIT $2)
        """)
    private static let forgetTokens = Query(
        """
        DELETE FROM oauth_tokens WHERE hash IN (
          SELECT hash FROM oauth_tokens WHERE expires <= $1 ORDER BY expires, hash LIMIT $2)
        """)
    private static let keepUnused = Query(
        """
        DELETE FROM oauth_clients WHERE organization = $1 AND id IN (
          SELECT c.id FROM oauth_clients c
          WHERE c.organization = $1 AND c.origin = 'dynamic' AND c.revoked = 0 AND NOT EXISTS (
            SELECT 1 FROM oauth_grants g WHERE g.organization = c.organization AND g.client = c.id)
          ORDER BY c.created DESC, c.id DESC LIMIT 1000 OFFSET $2)
        """)

    func apply(oauth change: OAuthChange) async throws {
        switch change {
        case .addClient(let client):
            try await mustChange(TransactionWriter.addClient, values(client), client.id.raw)
        case .replaceClient(let client):
            try await mustChange(TransactionWriter.replaceClient, values(client), client.id.raw)
        case .addGrant(let grant):
            try await mustChange(
                TransactionWriter.addGrant,
                [
                    grant.id.raw, grant.organization.raw, grant.person.raw, grant.client.raw, grant.agent.raw,
                    grant.resource, grant.redirect, grant.effects.stored.text, grant.isOpenID ? 1 : 0,
                    grant.shown.bytes, grant.created.microseconds,
                ], grant.id.raw)
        case .addCode(let code):
            try await mustChange(
                TransactionWriter.addCode,
                [
                    code.hash.bytes, code.grant.raw, code.challenge.digest.bytes, code.nonce,
                    code.signedIn?.microseconds, code.expires.microseconds, code.isUsed ? 1 : 0,
                ], "code")
        case .useCode(let hash): try await mustChange(TransactionWriter.useCode, [hash.bytes], "code")
        case .addToken(let token):
            try await mustChange(
                TransactionWriter.addOAuthToken,
                [
                    token.hash.bytes, token.kind.rawValue, token.grant.raw, token.expires.microseconds,
                    token.isUsed ? 1 : 0, token.effects?.stored.text, token.actors?.text,
                ], "token")
        case .useToken(let hash): try await mustChange(TransactionWriter.useToken, [hash.bytes], "token")
        case .forget(let until, let most):
            try await session.run(TransactionWriter.forgetCodes, [until.microseconds, most])
            try await session.run(TransactionWriter.forgetTokens, [until.microseconds, most])
        case .keepUnused(let organization, let most):
            try await session.run(TransactionWriter.keepUnused, [organization.raw, most])
        }
    }

    private func values(_ client: OAuthClient) -> [any Storable] {
        [
            client.id.raw, client.organization.raw, client.origin.rawValue, client.name,
            client.redirects.map(\.text).stored.text, client.authentication.rawValue, client.secret?.bytes,
            client.ceiling.stored.text, client.isRevoked ? 1 : 0, client.created.microseconds,
        ]
    }
}
