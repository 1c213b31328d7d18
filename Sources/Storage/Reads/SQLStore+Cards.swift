public import Authority
import Gate
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
        try await rows(SQLStore.owed, [limit]).map { row in
            OwedCard(
                approval: ApprovalID(try row["approval"]), person: PersonID(try row["person"]),
                organization: OrganizationID(try row["organization"]), source: try row["source"],
                created: Timestamp(microseconds: try row["created"]))
        }
    }

    public func settledCards(
        of person: PersonID, in organization: OrganizationID, since time: Timestamp
    ) async throws -> [SettledCard] {
        try await rows(SQLStore.settled, [organization.raw, person.raw, time.microseconds]).map { row in
            guard let outcome = CardOutcome(rawValue: try row["outcome"]) else {
                throw StorageError(.corrupt, "a card can't be read")
            }
            return SettledCard(
                source: try row["source"], outcome: outcome, at: Timestamp(microseconds: try row["settled"]))
        }
    }
}
