import Authority
import Gate
import Registry

/// What there is of a person's, counted in whichever transaction the rows are read.
struct BelongingRows {
    let person: PersonID
    let organization: OrganizationID
    let time: Timestamp

    private static let counts = Query(
        """
        SELECT
        (SELECT COUNT(*) FROM tokens t WHERE t.organization = $1 AND t.person = $2 AND t.state <> 'revoked'
          AND t.expires > $3 AND NOT EXISTS (SELECT 1 FROM oauth_grants g WHERE g.id = t.id)) AS tokens,
        (SELECT COUNT(*) FROM tokens t WHERE t.organization = $1 AND t.person = $2 AND t.state <> 'revoked'
          AND t.expires > $3 AND EXISTS (SELECT 1 FROM oauth_grants g WHERE g.id = t.id)
          AND NOT EXISTS (SELECT 1 FROM exchanged_grants e WHERE e.id = t.id)) AS consents,
        (SELECT COUNT(*) FROM tokens t WHERE t.organization = $1 AND t.person = $2 AND t.state <> 'revoked'
          AND t.expires > $3 AND EXISTS (SELECT 1 FROM exchanged_grants e WHERE e.id = t.id)) AS exchanged,
        (SELECT COUNT(*) FROM browser_sessions WHERE organization = $1 AND person = $2) AS browser_sessions,
        (SELECT COUNT(*) FROM login_links WHERE organization = $1 AND person = $2 AND expires > $3) AS login_links,
        (SELECT COUNT(*) FROM logins WHERE organization = $1 AND person = $2) AS logins,
        (SELECT COUNT(*) FROM sender_links WHERE organization = $1 AND person = $2) AS senders,
        (SELECT COUNT(*) FROM memories WHERE organization = $1 AND about = $2) AS memories,
        (SELECT COUNT(*) FROM agreements WHERE organization = $1 AND person = $2) AS agreements,
        (SELECT COUNT(*) FROM sessions WHERE organization = $1 AND person = $2) AS sessions,
        (SELECT COUNT(*) FROM account_choices
          WHERE organization = $1 AND owner_kind = 'person' AND owner = $2) AS choices,
        (SELECT COUNT(*) FROM connect_flows
          WHERE organization = $1 AND person = $2 AND until > $3) AS connect_flows,
        (SELECT COUNT(*) FROM notices WHERE record LIKE $4 ESCAPE '!') AS notices
        """)
    private static let approvals = Query("SELECT record FROM approvals WHERE organization = $1 AND is_pending = 1")
    private static let windows = Query("SELECT record FROM windows WHERE organization = $1 AND is_open = 1")
    private static let counted: [Belongings.Kind] = [
        .tokens, .consents, .exchanged, .browserSessions, .loginLinks, .logins, .senders, .memories, .agreements,
        .sessions,
        .choices, .flows, .notices,
    ]

    func counted(_ rows: (Query, [any Storable]) async throws -> [Row]) async throws -> Belongings {
        let approvals = try await rows(BelongingRows.approvals, [organization.raw]).map(ApprovalRow.approval)
        let windows = try await rows(BelongingRows.windows, [organization.raw]).map(ApprovalRow.window)
        let pending = Belongings(of: person, in: organization, among: approvals, windows)
        let values: [any Storable] = [
            organization.raw, person.raw, time.microseconds, TransactionWriter.notices(to: person, in: organization),
        ]
        guard let row = try await rows(BelongingRows.counts, values).first else { return pending }
        return try pending
            + Belongings(
                Dictionary(uniqueKeysWithValues: BelongingRows.counted.map { ($0, try row[$0.rawValue] as Int) }))
    }
}
