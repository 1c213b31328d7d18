import Authority
import Gate
import Registry
import Wire

extension TransactionWriter {
    private static let addLink = Query(
        """
        INSERT INTO login_links (hash, organization, person, expires) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING hash
        """)
    private static let takeLink = Query("DELETE FROM login_links WHERE hash = $1 RETURNING hash")
    private static let addSession = Query(
        """
        INSERT INTO browser_sessions (id, organization, person, hash, previous, rotated, csrf, browser, created, last_seen,
          provider, issuer, subject, provider_session, hint)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let replaceSession = Query(
        """
        UPDATE browser_sessions SET hash = $1, previous = $2, rotated = $3, last_seen = $4
        WHERE id = $5 AND hash = $6 RETURNING id
        """)
    private static let endSession = Query("DELETE FROM browser_sessions WHERE id = $1")
    /// What isn't named is anything.
    private static let endProvided = Query(
        """
        DELETE FROM browser_sessions WHERE organization = $1 AND issuer = $2
        AND subject = COALESCE(CAST($3 AS TEXT), subject)
        AND COALESCE(provider_session, '') = COALESCE(CAST($4 AS TEXT), provider_session, '')
        """)
    private static let endSessions = Query("DELETE FROM browser_sessions WHERE organization = $1 AND person = $2")
    private static let endLinks = Query("DELETE FROM login_links WHERE organization = $1 AND person = $2")

    private static let forgetLinks = Query(
        """
        DELETE FROM login_links WHERE hash IN (
          SELECT hash FROM login_links WHERE expires <= $1 ORDER BY expires, hash LIMIT $2)
        """)
    private static let forgetOld = Query(
        """
        DELETE FROM browser_sessions WHERE id IN (
          SELECT id FROM browser_sessions WHERE created <= $1 ORDER BY created, id LIMIT $2)
        """)
    private static let forgetIdle = Query(
        """
        DELETE FROM browser_sessions WHERE id IN (
          SELECT id FROM browser_sessions WHERE last_seen <= $1 ORDER BY last_seen, id LIMIT $2)
        """)

    func apply(browser change: BrowserChange) async throws {
        switch change {
        case .addLink(let link):
            try await mustChange(
                TransactionWriter.addLink,
                [
                    link.hash.bytes, link.organization.raw, link.person.raw, link.expires.microseconds,
                ], "login link")
        case .takeLink(let hash):
            try await mustChange(TransactionWriter.takeLink, [hash.bytes], "login link")
        case .addSession(let session):
            try await mustChange(
                TransactionWriter.addSession,
                [
                    session.id.raw, session.organization.raw, session.person.raw, session.hash.bytes,
                    session.previous?.bytes, session.rotated.microseconds, session.csrf,
                    session.browser, session.created.microseconds, session.lastSeen.microseconds,
                    session.provided?.provider, session.provided?.login.issuer, session.provided?.login.subject,
                    session.provided?.session, session.provided?.hint,
                ], session.id.raw)
        case .replaceSession(let session, let from):
            try await mustChange(
                TransactionWriter.replaceSession,
                [
                    session.hash.bytes, session.previous?.bytes, session.rotated.microseconds,
                    session.lastSeen.microseconds, session.id.raw, from.bytes,
                ], session.id.raw)
        case .endSession(let id): try await session.run(TransactionWriter.endSession, [id.raw])
        case .endProvided(let organization, let ended):
            try await session.run(
                TransactionWriter.endProvided, [organization.raw, ended.issuer, ended.subject, ended.session])
        case .endAll(let organization, let person):
            try await session.run(TransactionWriter.endSessions, [organization.raw, person.raw])
            try await session.run(TransactionWriter.endLinks, [organization.raw, person.raw])
        case .forget(let expired, let most):
            try await session.run(TransactionWriter.forgetLinks, [expired.linksUntil.microseconds, most])
            try await session.run(TransactionWriter.forgetOld, [expired.createdUntil.microseconds, most])
            try await session.run(TransactionWriter.forgetIdle, [expired.seenUntil.microseconds, most])
        }
    }
}
