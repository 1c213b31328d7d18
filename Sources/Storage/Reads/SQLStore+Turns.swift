public import Authority
public import Gate
public import Turns
import Wire

extension SQLStore: InboxStore {
    private static let oneEntry = Query("SELECT * FROM inbox WHERE id = $1")
    private static let byEvent = Query(
        "SELECT * FROM inbox WHERE organization = $1 AND kind = $2 AND account = $3 AND event = $4")
    private static let aside = Query(
        "SELECT * FROM inbox WHERE organization = $1 AND state = 'aside' ORDER BY received DESC, id DESC LIMIT $2")

    public func claimMessages(at now: Timestamp, limit: Int, each: Int) async throws -> [InboxEntry] {
        try await driver.claim(.inbox, at: now, each: each, limit: limit).map(InboxEntry.init(row:))
    }

    public func inboxEntry(_ id: InboxID) async throws -> InboxEntry? {
        try await row(SQLStore.oneEntry, [id.raw]).map(InboxEntry.init(row:))
    }

    public func inboxEntry(event: String, of account: ChannelAccountID) async throws -> InboxEntry? {
        try await row(SQLStore.byEvent, account.values + [event]).map(InboxEntry.init(row:))
    }

    public func setAside(in organization: OrganizationID, limit: Int) async throws -> [InboxEntry] {
        try await rows(SQLStore.aside, [organization.raw, limit]).map(InboxEntry.init(row:))
    }
}

extension SQLStore: TurnStore {
    private static let oneTurn = Query("SELECT * FROM turns WHERE id = $1")
    private static let claimed = Query("SELECT id FROM turns WHERE claimed_by = $1 AND state = 'ready'")
    private static let answered = Query(
        """
        SELECT turns.* FROM turns JOIN approvals ON approvals.id = turns.approval
        WHERE turns.state = 'parked' AND approvals.is_pending = 0 ORDER BY COALESCE(turns.looked, 0), turns.id LIMIT $1
        """)
    private static let parked = Query(
        """
        SELECT * FROM turns WHERE state = 'parked' AND COALESCE(looked, 0) < $1 ORDER BY COALESCE(looked, 0), id LIMIT $2
        """)
    private static let stuck = Query(
        """
        SELECT * FROM turns WHERE organization = $1 AND state = 'failed' AND reason IS NOT NULL
        ORDER BY began DESC, id DESC LIMIT $2
        """)
    private static let ofSession = Query(
        "SELECT * FROM turns WHERE session = $1 ORDER BY began DESC, id DESC LIMIT $2")
    private static let ofConversation = Query(
        "SELECT * FROM turns WHERE session = $1 AND conversation = $2 ORDER BY began DESC, id DESC LIMIT $3")
    private static let oneSummary = Query("SELECT * FROM summaries WHERE session = $1 AND conversation = $2")
    private static let placeOf = Query("SELECT place FROM turns WHERE organization = $1 AND conversation = $2 LIMIT 1")
    private static let ofMessage = Query("SELECT * FROM turns WHERE message = $1")
    private static let sending = Query(
        "SELECT turns.* FROM turns JOIN sent_calls ON sent_calls.turn = turns.id WHERE sent_calls.call = $1")
    private static let sentBy = Query("SELECT call FROM sent_calls WHERE turn = $1 ORDER BY call")
    private static let ofPerson = Query(
        "SELECT * FROM turns WHERE organization = $1 AND person = $2 ORDER BY began DESC, id DESC LIMIT $3")
    private static let tokens = Query(
        "SELECT CAST(COALESCE(SUM(tokens), 0) AS BIGINT) AS used FROM token_uses WHERE organization = $1 AND agent = $2 AND day = $3"
    )

    private static let tokensAlone = Query(
        """
        SELECT CAST(COALESCE(SUM(tokens), 0) AS BIGINT) AS used FROM token_uses
        WHERE organization = $1 AND agent = $2 AND requester = $3 AND day = $4
        """)

    public func turn(sending call: CallID) async throws -> Turn? {
        try await row(SQLStore.sending, [call.raw]).map(Turn.init(row:))
    }

    public func calls(sentBy turn: TurnID) async throws -> [CallID] {
        try await rows(SQLStore.sentBy, [turn.raw]).map { CallID(try $0["call"]) }
    }

    public func tokensUsedAlone(_ use: TokenUse) async throws -> Int {
        try await row(
            SQLStore.tokensAlone, [use.organization.raw, use.agent.raw, use.requester.text, use.day]
        ).map { try $0["used"] } ?? 0
    }

    public func keepsHouse(_ job: HouseJob) async throws -> Bool { try await leads(job.name) }

    public func place(of conversation: ConversationID, in organization: OrganizationID) async throws -> Place? {
        try await row(SQLStore.placeOf, [organization.raw, conversation.raw]).map { row in
            guard let place = Place(json: try JSON.parse(Array((row["place"] as String).utf8))) else {
                throw StorageError(.corrupt, "a turn can't be read")
            }
            return place
        }
    }

    public func turn(_ id: TurnID) async throws -> Turn? {
        try await row(SQLStore.oneTurn, [id.raw]).map(Turn.init(row:))
    }

    public func claimTurns(at now: Timestamp, limit: Int, each: Int) async throws -> [Turn] {
        try await driver.claim(.turns, at: now, each: each, limit: limit).map(Turn.init(row:))
    }

    public func claimedTurns() async throws -> Set<TurnID> {
        Set(try await rows(SQLStore.claimed, [driver.gateway]).map { TurnID(try $0["id"]) })
    }

    public func answeredTurns(limit: Int) async throws -> [Turn] {
        try await rows(SQLStore.answered, [limit]).map(Turn.init(row:))
    }

    public func parkedTurns(lookedBefore time: Timestamp, limit: Int) async throws -> [Turn] {
        try await rows(SQLStore.parked, [time.microseconds, limit]).map(Turn.init(row:))
    }

    public func stuckTurns(in organization: OrganizationID, limit: Int) async throws -> [Turn] {
        try await rows(SQLStore.stuck, [organization.raw, limit]).map(Turn.init(row:))
    }

    public func tokensUsed(_ use: TokenUse) async throws -> Int {
        try await row(SQLStore.tokens, [use.organization.raw, use.agent.raw, use.day]).map { try $0["used"] } ?? 0
    }

    public func turns(of session: SessionKey, limit: Int) async throws -> [Turn] {
        try await rows(SQLStore.ofSession, [session.raw, limit]).map(Turn.init(row:))
    }

    public func turns(
        of session: SessionKey, in conversation: ConversationID, limit: Int
    ) async throws -> [Turn] {
        try await rows(SQLStore.ofConversation, [session.raw, conversation.raw, limit]).map(Turn.init(row:))
    }

    public func summary(of session: SessionKey, in conversation: ConversationID) async throws -> Summary? {
        guard let row = try await row(SQLStore.oneSummary, [session.raw, conversation.raw]) else { return nil }
        return Summary(
            session: session, conversation: conversation, first: Timestamp(microseconds: try row["first"]),
            last: Timestamp(microseconds: try row["last"]), lastTurn: TurnID(try row["last_turn"]),
            labels: try Labels(stored: row["labels"]), payload: try row["payload"])
    }

    public func turn(with message: InboxID) async throws -> Turn? {
        try await row(SQLStore.ofMessage, [message.raw]).map(Turn.init(row:))
    }

    public func turns(of person: PersonID, in organization: OrganizationID, limit: Int) async throws -> [Turn] {
        try await rows(SQLStore.ofPerson, [organization.raw, person.raw, limit]).map(Turn.init(row:))
    }
}

extension SQLStore: OutboxStore {
    public func standingCard(_ account: ChannelAccountID, shown external: String) async throws -> OutboxEntry? {
        try await row(SQLStore.shownCard, account.values + [external]).map(OutboxEntry.init(row:))
    }

    public func standingCards(after card: OutboxEntry?, limit: Int) async throws -> [OutboxEntry] {
        try await rows(
            SQLStore.standingCards, [card?.created.microseconds ?? 0, card?.id.raw ?? "", limit]
        ).map(OutboxEntry.init(row:))
    }

    public func decidedCards(limit: Int) async throws -> [OutboxEntry] {
        try await rows(SQLStore.decidedCards, [limit]).map(OutboxEntry.init(row:))
    }

    private static let decidedCards = Query(
        """
        SELECT * FROM outbox WHERE approval IS NOT NULL AND state = 'delivered' AND NOT EXISTS (
          SELECT 1 FROM approvals WHERE approvals.id = outbox.approval AND approvals.is_pending = 1)
        ORDER BY created, id LIMIT $1
        """)
    private static let shownCard = Query(
        """
        SELECT * FROM outbox WHERE organization = $1 AND kind = $2 AND account = $3 AND external = $4
          AND approval IS NOT NULL
        """)
    private static let standingCards = Query(
        """
        SELECT * FROM outbox WHERE approval IS NOT NULL AND state = 'delivered' AND (created, id) > ($1, $2)
        ORDER BY created, id LIMIT $3
        """)
    private static let oneSaid = Query("SELECT * FROM outbox WHERE id = $1")
    private static let outboxOfTurn = Query("SELECT * FROM outbox WHERE turn = $1 ORDER BY created, id")
    private static let lost = Query(
        """
        SELECT * FROM outbox WHERE organization = $1 AND state IN ('unknown', 'failed')
        ORDER BY created DESC, id DESC LIMIT $2
        """)

    public func claimOutbox(at now: Timestamp, limit: Int, each: Int) async throws -> [OutboxEntry] {
        try await driver.claim(.outbox, at: now, each: each, limit: limit).map(OutboxEntry.init(row:))
    }

    public func outbox(of turn: TurnID) async throws -> [OutboxEntry] {
        try await rows(SQLStore.outboxOfTurn, [turn.raw]).map(OutboxEntry.init(row:))
    }

    public func outboxEntry(_ id: OutboxID) async throws -> OutboxEntry? {
        try await row(SQLStore.oneSaid, [id.raw]).map(OutboxEntry.init(row:))
    }

    public func undelivered(in organization: OrganizationID, limit: Int) async throws -> [OutboxEntry] {
        try await rows(SQLStore.lost, [organization.raw, limit]).map(OutboxEntry.init(row:))
    }
}
