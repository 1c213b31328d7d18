public import Authority
public import Gate
public import Turns

extension SQLStore: CardStore {
    private static let owed = Query(
        "SELECT * FROM cards WHERE outcome IS NULL ORDER BY created, approval, person LIMIT $1")
    private static let settled = Query(
        """
        SELECT source, outcome, settled FROM cards WHERE organization = $1 AND person = $2 AND settled >= $3
        ORDER BY settled, approval
        """)

    public func owedCards(limit: Int) async throws -> [OwedCard] {
        try await rows(SQLStore.owed, [limit]).map(OwedCard.init(row:))
    }

    public func settledCards(
        of person: PersonID, in organization: OrganizationID, since time: Timestamp
    ) async throws -> [SettledCard] {
        try await rows(SQLStore.settled, [organization.raw, person.raw, time.microseconds]).map { row in
            SettledCard(
                source: try row["source"], outcome: try CardOutcome(stored: try row["outcome"]),
                at: Timestamp(microseconds: try row["settled"]))
        }
    }

    private static let unseen = Query(
        """
        SELECT cards.* FROM outbox JOIN cards ON cards.approval = outbox.about AND cards.message = outbox.id
        WHERE outbox.about IS NOT NULL AND outbox.state <> 'delivered' AND cards.outcome IN ('shown', 'told')
          AND (outbox.state IN ('failed', 'unknown') OR outbox.state = 'waiting' AND outbox.created < $1)
        ORDER BY outbox.created, outbox.id LIMIT $2
        """)
    private static let cardOf = Query(
        """
        SELECT cards.outcome, outbox.state FROM cards LEFT JOIN outbox ON outbox.id = cards.message
        WHERE cards.approval = $1 AND cards.person = $2
        """)
    private static let saidInTurns = Query(
        "SELECT state, kind FROM outbox WHERE about = $1 AND turn IS NOT NULL ORDER BY created DESC, id DESC LIMIT 1")
    private static let cardOutcomes = Query(
        """
        SELECT outcome, COUNT(*) AS number, CAST(COALESCE(SUM(CASE WHEN tried <> '' THEN 1 ELSE 0 END), 0) AS BIGINT) AS rerouted
        FROM cards GROUP BY outcome
        """)
    private static let unreachedCards = Query(
        """
        SELECT COUNT(*) AS number FROM cards WHERE outcome = 'undelivered' AND EXISTS (
          SELECT 1 FROM approvals WHERE approvals.id = cards.approval AND approvals.is_pending = 1)
        """)

    public func unseenCards(waitingSince time: Timestamp, limit: Int) async throws -> [UnseenCard] {
        try await rows(SQLStore.unseen, [time.microseconds, limit]).map { row in
            UnseenCard(
                card: try OwedCard(row: row), outcome: try CardOutcome(stored: try row["outcome"]),
                message: OutboxID(try row["message"]))
        }
    }

    public func reach(of approval: ApprovalID, to person: PersonID) async throws -> ApproverReach {
        if let row = try await row(SQLStore.cardOf, [approval.raw, person.raw]) {
            let outcome: String? = try row["outcome"]
            let state: String? = try row["state"]
            return ApproverReach(
                of: try outcome.map { try CardOutcome(stored: $0) }, message: state.flatMap(OutboxState.init))
        }
        // Whoever wrote is told where they wrote.
        guard let row = try await row(SQLStore.saidInTurns, [approval.raw]),
            let state = OutboxState(rawValue: try row["state"]), let kind = ChannelKind(rawValue: try row["kind"])
        else { return .unreached }
        return ApproverReach(said: state, by: kind)
    }

    public func cardFigures() async throws -> CardFigures {
        var (owed, rerouted) = (0, 0)
        var outcomes: [CardOutcome: Int] = [:]
        for row in try await rows(SQLStore.cardOutcomes, []) {
            let number: Int = try row["number"]
            let outcome: String? = try row["outcome"]
            rerouted += try row["rerouted"]
            if let outcome { outcomes[try CardOutcome(stored: outcome)] = number } else { owed += number }
        }
        let unreached: Int = try await row(SQLStore.unreachedCards, []).map { try $0["number"] } ?? 0
        return CardFigures(owed: owed, outcomes: outcomes, rerouted: rerouted, unreached: unreached)
    }
}

extension OwedCard {
    fileprivate init(row: Row) throws {
        let tried: String = try row["tried"]
        self.init(
            approval: ApprovalID(try row["approval"]), person: PersonID(try row["person"]),
            organization: OrganizationID(try row["organization"]), source: try row["source"],
            created: Timestamp(microseconds: try row["created"]),
            tried: Set(tried.split(separator: " ").map(String.init)))
    }
}

extension CardOutcome {
    fileprivate init(stored: String) throws(StorageError) {
        guard let outcome = CardOutcome(rawValue: stored) else {
            throw StorageError(.corrupt, "a card can't be read")
        }
        self = outcome
    }
}
