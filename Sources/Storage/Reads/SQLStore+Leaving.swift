public import Authority
public import Broker
import Gate

extension SQLStore: LeavingStore {
    private static let live = Query(
        """
        SELECT * FROM connections
        WHERE organization = $1 AND owner_kind = 'person' AND owner = $2 AND health <> 'revoked' LIMIT $3
        """)
    static let left = Query(
        """
        SELECT * FROM connections WHERE organization = $1 AND owner_kind = 'person' AND owner = $2
        AND health = 'revoked' AND LENGTH(sealed) > 0 LIMIT $3
        """)
    private static let held = Query(
        """
        SELECT c.* FROM connections c
        WHERE c.organization = $1 AND c.owner_kind = 'agent' AND c.health <> 'revoked' AND (LOWER(c.email) = $2 OR EXISTS (
          SELECT 1 FROM connections o WHERE o.organization = c.organization AND o.owner_kind = 'person'
          AND o.owner = $3 AND o.provider = c.provider AND o.account = c.account))
        ORDER BY c.id LIMIT $4
        """)
    private static let heldBySubject = Query(
        """
        SELECT * FROM connections WHERE organization = $1 AND owner_kind = 'agent' AND health <> 'revoked'
        AND provider = $2 AND (account = $3
          OR LENGTH(account) > LENGTH($3) + 1
          AND SUBSTR(account, LENGTH(account) - LENGTH($3)) = '/' || $3)
        ORDER BY id LIMIT $4
        """)
    private static let connected = Query(
        """
        SELECT provider, COUNT(*) AS number FROM connections
        WHERE organization = $1 AND owner_kind = 'person' AND owner = $2 AND health <> 'revoked' GROUP BY provider
        """)
    private static let underWay = Query(
        "SELECT * FROM connect_flows WHERE organization = $1 AND person = $2 AND until IS NOT NULL ORDER BY id")
    private static let toTell = Query(
        """
        SELECT provider, COUNT(*) AS number FROM revocations WHERE organization = $1 AND person = $2 GROUP BY provider
        """)

    public func connections(
        of person: PersonID, revoked: Bool, in organization: OrganizationID, limit: Int
    ) async throws -> [ConnectionRecord] {
        try await rows(revoked ? SQLStore.left : SQLStore.live, [organization.raw, person.raw, limit])
            .map(ConnectionRecord.init(row:))
    }

    public func connectionsHeld(
        for claim: PersonClaim, in organization: OrganizationID, limit: Int
    ) async throws -> [ConnectionRecord] {
        var found = try await rows(SQLStore.held, [organization.raw, claim.email, claim.person.raw, limit])
        for (provider, account) in claim.subjects {
            found += try await rows(SQLStore.heldBySubject, [organization.raw, provider.raw, account, limit])
        }
        let records = Set(try found.map(ConnectionRecord.init(row:)))
        return Array(records.sorted { $0.id < $1.id }.prefix(limit))
    }

    public func connectionCounts(
        of person: PersonID, in organization: OrganizationID
    ) async throws -> [ProviderID: Int] {
        try await counts(SQLStore.connected, [organization.raw, person.raw])
    }

    public func openFlows(of person: PersonID, in organization: OrganizationID) async throws -> [ConnectFlow] {
        try await rows(SQLStore.underWay, [organization.raw, person.raw]).map(ConnectFlow.init(row:))
    }

    public func revocations(for person: PersonID, in organization: OrganizationID) async throws -> [ProviderID: Int] {
        try await counts(SQLStore.toTell, [organization.raw, person.raw])
    }

    private func counts(_ query: Query, _ values: [any Storable]) async throws -> [ProviderID: Int] {
        let rows = try await rows(query, values)
        return Dictionary(uniqueKeysWithValues: try rows.map { (ProviderID(try $0["provider"]), try $0["number"]) })
    }
}
