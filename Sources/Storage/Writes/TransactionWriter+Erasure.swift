import Authority
import Broker
import Gate
import Turns

extension TransactionWriter {
    private static let erasePayload = Query("DELETE FROM payloads WHERE id = $1")
    private static let eraseApproval = Query("DELETE FROM approvals WHERE id = $1 AND is_pending = 0")
    private static let eraseWindows = Query("DELETE FROM windows WHERE is_open = 0 AND record LIKE $1 ESCAPE '!'")
    private static let eraseNotices = Query("DELETE FROM notices WHERE record LIKE $1 ESCAPE '!'")
    private static let eraseLabels = Query(
        "UPDATE tokens SET label = '' WHERE organization = $1 AND person = $2 AND state = 'revoked'")
    private static let eraseAccounts = Query(
        """
        UPDATE connections SET account_name = '', email = NULL
        WHERE organization = $1 AND owner_kind = 'person' AND owner = $2 AND health = 'revoked'
        """)

    mutating func apply(erasure change: ErasureChange) async throws {
        noteShredding()
        switch change {
        case .payloads(let ids):
            for id in ids { try await session.run(TransactionWriter.erasePayload, [id]) }
        case .approvals(let ids):
            for id in ids {
                try await session.run(TransactionWriter.eraseApproval, [id.raw])
                try await session.run(TransactionWriter.eraseWindows, [TransactionWriter.like(#""approval":"\#(id)""#)])
                try await eraseMessages(try await session.rows(TransactionWriter.saidAbout, [id.raw]))
                try await eraseCards(of: id)
            }
        case .notices(let organization, let person):
            try await session.run(
                TransactionWriter.eraseNotices, [TransactionWriter.notices(to: person, in: organization)])
        case .memory(let organization, let person):
            try await eraseMemory(of: person, in: organization, withWritten: false)
        case .words(let organization, let person):
            try await session.run(TransactionWriter.eraseLabels, [organization.raw, person.raw])
            try await session.run(TransactionWriter.eraseAccounts, [organization.raw, person.raw])
            try await apply(connect: .drop(organization, person))
            try await eraseConversations(of: person, in: organization)
            try await eraseCards(to: person, in: organization)
            try await eraseMemory(of: person, in: organization, withWritten: true)
        case .sender(let organization, let sender, let words):
            try await eraseWords(of: sender, in: organization, words)
        }
    }

    private static let saidAbout = Query("SELECT id FROM outbox WHERE about = $1")
    private static let conversations = Query(
        "SELECT id, message, steps FROM turns WHERE organization = $1 AND person = $2")
    private static let saidAlone = Query(
        """
        SELECT id FROM outbox WHERE organization = $1 AND (told = $2
          OR told IN (SELECT sender FROM sender_links WHERE organization = $1 AND person = $3)
          OR (told IS NULL AND turn IS NULL AND conversation IN (
            SELECT conversation FROM inbox WHERE organization = $1 AND (writer = $2
              OR writer IN (SELECT sender FROM sender_links WHERE organization = $1 AND person = $3)))))
        """)
    /// Those with which no turn began among them.
    private static let written = Query(
        """
        SELECT id FROM inbox WHERE organization = $1 AND (writer = $2
          OR writer IN (SELECT sender FROM sender_links WHERE organization = $1 AND person = $3))
        """)
    private static let summaries = [
        Query(
            """
            DELETE FROM payloads WHERE id IN (SELECT payload FROM summaries WHERE organization = $1 AND person = $2)
            """),
        Query("DELETE FROM summaries WHERE organization = $1 AND person = $2"),
    ]
    private static let saidInTurn = Query("SELECT id FROM outbox WHERE turn = $1")

    /// What they wrote, what models and tools answered, and what was said to them.
    private func eraseConversations(of person: PersonID, in organization: OrganizationID) async throws {
        try await eraseTurns(
            try await session.rows(TransactionWriter.conversations, [organization.raw, person.raw]))
        for query in TransactionWriter.summaries { try await session.run(query, [organization.raw, person.raw]) }
        let writer = InboxEntry.writer(.person(person))
        for query in [TransactionWriter.written, TransactionWriter.saidAlone] {
            try await eraseMessages(try await session.rows(query, [organization.raw, writer, person.raw]))
        }
    }

    func eraseTurns(_ turns: [Row]) async throws {
        for turn in turns {
            let id: String = try turn["id"]
            let message: String = try turn["message"]
            var payloads = ["\(message)/message", "\(message)/files"]
            payloads += (1..<max(try turn["steps"], 1)).map { "\(id)/\($0)" }
            for payload in payloads { try await session.run(TransactionWriter.erasePayload, [payload]) }
            try await eraseMessages(try await session.rows(TransactionWriter.saidInTurn, [id]))
        }
    }

    /// Nothing is left to be begun or sent, and nobody has to look at it any more.
    private static let settleErased = [
        Query(
            """
            UPDATE inbox SET state = 'ignored', reason = 'erased', claimed_by = 0
            WHERE id = $1 AND state IN ('waiting', 'aside')
            """),
        Query(
            """
            UPDATE outbox SET state = 'dropped', reason = 'erased', claimed_by = 0
            WHERE id = $1 AND state IN ('waiting', 'failed', 'unknown')
            """),
    ]

    /// Of the inbox or the outbox.
    func eraseMessages(_ rows: [Row]) async throws {
        for row in rows {
            let id: String = try row["id"]
            for part in ["message", "files"] {
                try await session.run(TransactionWriter.erasePayload, ["\(id)/\(part)"])
            }
            for query in TransactionWriter.settleErased { try await session.run(query, [id]) }
        }
    }

    /// Records are exact JSON, and names are plain: a member has one spelling.
    private static func like(_ part: String) -> String { "%" + part.replacing("_", with: "!_") + "%" }

    static func notices(to person: PersonID, in organization: OrganizationID) -> String {
        like(#""organization":"\#(organization)","person":"\#(person)""#)
    }
}
