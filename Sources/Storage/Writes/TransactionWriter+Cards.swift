import Authority
import Gate
import Turns

extension TransactionWriter {
    private static let owe = Query(
        """
        INSERT INTO cards (approval, person, organization, source, created) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING RETURNING approval
        """)
    private static let settle = Query(
        """
        UPDATE cards SET outcome = $1, settled = $2, message = $3
        WHERE approval = $4 AND person = $5 AND outcome IS NULL RETURNING approval
        """)
    private static let reroute = Query(
        """
        UPDATE cards SET outcome = $1, settled = $2, message = $3, tried = $4
        WHERE approval = $5 AND person = $6 AND message = $7 AND outcome IN ('shown', 'told') RETURNING approval
        """)
    private static let counted = Query(
        """
        SELECT number FROM (SELECT COUNT(*) AS number FROM cards
          WHERE organization = $1 AND person = $2 AND settled >= $3 AND outcome IN ('shown', 'told')) AS seen
        WHERE number = $4
        """)
    private static let prune = Query("DELETE FROM cards WHERE settled IS NOT NULL AND settled < $1")
    private static let erasures = [
        Query(
            """
            DELETE FROM payloads WHERE id IN (
              SELECT message || '/message' FROM cards WHERE approval = $1 AND message IS NOT NULL)
            """),
        Query("DELETE FROM cards WHERE approval = $1"),
    ]
    private static let erasuresOfPerson = [
        // What followed them, and what went by another way, was said in the same conversation.
        Query(
            """
            DELETE FROM payloads WHERE id IN (
              SELECT id || '/message' FROM outbox
              WHERE organization = $1 AND conversation = 'cards/' || kind || '/' || account || '/' || $2)
            """),
        Query(
            """
            DELETE FROM payloads WHERE id IN (
              SELECT message || '/message' FROM cards
              WHERE organization = $1 AND person = $2 AND message IS NOT NULL)
            """),
        Query("DELETE FROM cards WHERE organization = $1 AND person = $2"),
    ]

    func apply(card change: CardChange) async throws {
        switch change {
        case .owe(let card):
            try await mustChange(
                TransactionWriter.owe,
                [
                    card.approval.raw, card.person.raw, card.organization.raw, card.source, card.created.microseconds,
                ], card.approval.raw)
        case .settle(let card, let outcome, let message, let time):
            try await mustChange(
                TransactionWriter.settle,
                [outcome.rawValue, time.microseconds, message?.raw, card.approval.raw, card.person.raw],
                card.approval.raw)
        case .counted(let person, let organization, let time, let seen):
            try await mustChange(
                TransactionWriter.counted, [organization.raw, person.raw, time.microseconds, seen],
                "cards of `\(person)`")
        case .reroute(let unseen, let outcome, let tried, let message, let time):
            try await mustChange(
                TransactionWriter.reroute,
                [
                    outcome.rawValue, time.microseconds, message?.raw, tried.sorted().joined(separator: " "),
                    unseen.card.approval.raw, unseen.card.person.raw, unseen.message.raw,
                ], unseen.card.approval.raw)
        case .prune(let time): try await session.run(TransactionWriter.prune, [time.microseconds])
        }
    }

    /// With the words that showed the call.
    func eraseCards(of approval: ApprovalID) async throws {
        for query in TransactionWriter.erasures { try await session.run(query, [approval.raw]) }
    }

    func eraseCards(to person: PersonID, in organization: OrganizationID) async throws {
        for query in TransactionWriter.erasuresOfPerson {
            try await session.run(query, [organization.raw, person.raw])
        }
    }
}
