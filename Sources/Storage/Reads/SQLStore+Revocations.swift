public import Authority
public import Broker
import Gate

extension SQLStore: RevocationStore {
    private static let due = Query("SELECT * FROM revocations WHERE due <= $1 ORDER BY due, id LIMIT $2")
    private static let ofOne = Query("SELECT * FROM revocations WHERE connection = $1 ORDER BY id")

    public func revocationsDue(by time: Timestamp, limit: Int) async throws -> [PendingRevocation] {
        try await rows(SQLStore.due, [time.microseconds, limit]).map(PendingRevocation.init(row:))
    }

    public func revocations(of connection: ConnectionID) async throws -> [PendingRevocation] {
        try await rows(SQLStore.ofOne, [connection.raw]).map(PendingRevocation.init(row:))
    }
}

extension PendingRevocation {
    fileprivate init(row: Row) throws {
        self.init(
            id: try row["id"], organization: OrganizationID(try row["organization"]),
            provider: ProviderID(try row["provider"]), connection: ConnectionID(try row["connection"]),
            clientID: try row["client"], hint: try row["hint"], sealed: try row["sealed"],
            attempts: try row["attempts"], due: Timestamp(microseconds: try row["due"]),
            person: (try row["person"] as String?).map { PersonID($0) })
    }
}
