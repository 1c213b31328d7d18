import Authority
import Turns
import Wire

extension TransactionWriter {
    private static let offer = Query(
        """
        INSERT INTO sender_offers (organization, sender, hash, made, expires) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organization, sender) DO UPDATE
        SET hash = excluded.hash, made = excluded.made, expires = excluded.expires
        """)
    private static let take = Query("DELETE FROM sender_offers WHERE hash = $1 RETURNING hash")
    private static let void = Query("DELETE FROM sender_offers WHERE organization = $1 AND sender = $2")
    private static let forget = Query("DELETE FROM sender_offers WHERE expires < $1")
    private static let link = Query(
        """
        INSERT INTO sender_links (organization, sender, person, proof, linked_by, at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING RETURNING sender
        """)
    private static let unlink = Query(
        "DELETE FROM sender_links WHERE organization = $1 AND sender = $2 AND person = $3 RETURNING sender")
    private static let sever = Query(
        "INSERT INTO severed_senders (organization, sender) VALUES ($1, $2) ON CONFLICT DO NOTHING")
    private static let mend = Query("DELETE FROM severed_senders WHERE organization = $1 AND sender = $2")
    /// What a sender wrote and was told stays the person's who they were, so that it goes when that person's words do.
    private static let attribute = [
        Query("UPDATE inbox SET writer = $1 WHERE organization = $2 AND writer = $3"),
        Query("UPDATE outbox SET told = $1 WHERE organization = $2 AND told = $3"),
    ]
    private static let attributeAll = [
        Query(
            """
            UPDATE inbox SET writer = $1 WHERE organization = $2
            AND writer IN (SELECT sender FROM sender_links WHERE organization = $2 AND person = $3)
            """),
        Query(
            """
            UPDATE outbox SET told = $1 WHERE organization = $2
            AND told IN (SELECT sender FROM sender_links WHERE organization = $2 AND person = $3)
            """),
    ]
    private static let unlinkAll = Query("DELETE FROM sender_links WHERE organization = $1 AND person = $2")

    func apply(sender change: SenderChange) async throws {
        switch change {
        case .offer(let offer):
            try await session.run(
                TransactionWriter.offer,
                [
                    offer.organization.raw, offer.sender.raw, offer.hash.bytes, offer.made.microseconds,
                    offer.expires.microseconds,
                ])
        case .take(let hash): try await mustChange(TransactionWriter.take, [hash.bytes], "link")
        case .link(let link):
            try await mustChange(
                TransactionWriter.link,
                [
                    link.organization.raw, link.sender.raw, link.person.raw, link.proof.rawValue, link.by,
                    link.at.microseconds,
                ], link.sender.raw)
            try await session.run(TransactionWriter.void, [link.organization.raw, link.sender.raw])
            try await session.run(TransactionWriter.mend, [link.organization.raw, link.sender.raw])
        case .unlink(let organization, let sender, let person):
            try await mustChange(
                TransactionWriter.unlink, [organization.raw, sender.raw, person.raw], sender.raw)
            try await session.run(TransactionWriter.sever, [organization.raw, sender.raw])
            let writer = InboxEntry.writer(.person(person))
            for query in TransactionWriter.attribute {
                try await session.run(query, [writer, organization.raw, sender.raw])
            }
        case .unlinkAll(let organization, let person):
            let writer = InboxEntry.writer(.person(person))
            for query in TransactionWriter.attributeAll {
                try await session.run(query, [writer, organization.raw, person.raw])
            }
            try await session.run(TransactionWriter.unlinkAll, [organization.raw, person.raw])
        case .forget(let time): try await session.run(TransactionWriter.forget, [time.microseconds])
        }
    }
}
