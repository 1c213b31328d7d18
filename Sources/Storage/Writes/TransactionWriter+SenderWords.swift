import Authority
import Gate
import Turns

/// What a sender wrote and was told who is nobody. A turn of somebody's is theirs.
extension TransactionWriter {
    private static let isSomebody = Query(
        "SELECT person FROM sender_links WHERE organization = $1 AND sender = $2")
    private static let turnsOfGuest = Query(
        "SELECT id, message, steps FROM turns WHERE organization = $1 AND sender = $2 AND person IS NULL")
    private static let written = Query("SELECT id FROM inbox WHERE organization = $1 AND writer = $2")
    /// Of before it was noted to whom something is said, what was said beside turns where they wrote counts as said to them.
    private static let told = Query(
        """
        SELECT id FROM outbox WHERE organization = $1 AND (told = $2 OR (told IS NULL AND turn IS NULL
          AND conversation IN (SELECT conversation FROM inbox WHERE organization = $1 AND writer = $2)))
        """)
    private static let summaries = [
        Query(
            """
            DELETE FROM payloads WHERE id IN (SELECT payload FROM summaries WHERE session IN (
              SELECT session FROM turns WHERE organization = $1 AND sender = $2 AND person IS NULL))
            """),
        Query(
            """
            DELETE FROM summaries WHERE session IN (
              SELECT session FROM turns WHERE organization = $1 AND sender = $2 AND person IS NULL)
            """),
    ]

    func eraseWords(of sender: String, in organization: OrganizationID, _ words: SenderWords) async throws {
        let values: [any Storable] = [organization.raw, sender]
        let isSomebody = try await session.row(TransactionWriter.isSomebody, values) != nil
        guard !isSomebody, let row = try await session.row(SenderWords.count, values),
            try SenderWords(row: row) == words
        else { throw CommitError.exists(sender) }
        try await eraseTurns(try await session.rows(TransactionWriter.turnsOfGuest, values))
        for query in TransactionWriter.summaries { try await session.run(query, values) }
        for query in [TransactionWriter.written, TransactionWriter.told] {
            try await eraseMessages(try await session.rows(query, values))
        }
    }
}

extension SenderWords {
    /// Of what wasn't destroyed yet.
    static let count = Query(
        """
        SELECT (SELECT COUNT(*) FROM inbox JOIN payloads ON payloads.id = inbox.id || '/message'
            WHERE inbox.organization = $1 AND inbox.writer = $2) AS messages,
          (SELECT COUNT(*) FROM outbox JOIN payloads ON payloads.id = outbox.id || '/message'
            WHERE outbox.organization = $1 AND (outbox.told = $2 OR outbox.turn IN (
              SELECT id FROM turns WHERE organization = $1 AND sender = $2 AND person IS NULL)
              OR (outbox.told IS NULL AND outbox.turn IS NULL AND outbox.conversation IN (
                SELECT conversation FROM inbox WHERE organization = $1 AND writer = $2)))) AS answers
        """)

    init(row: Row) throws { self.init(messages: try row["messages"], answers: try row["answers"]) }
}
