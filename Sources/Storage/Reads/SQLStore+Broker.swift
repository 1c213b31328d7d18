public import Authority
public import Broker
import Gate
import Wire

extension SQLStore: ConnectionStore {
    private static let one = Query("SELECT * FROM connections WHERE id = $1")
    private static let ofOwnerAtProvider = Query(
        """
        SELECT * FROM connections WHERE organization = $1 AND owner_kind = $2 AND owner = $3 AND provider = $4
        ORDER BY created, id
        """)
    private static let ofOwner = Query(
        "SELECT * FROM connections WHERE organization = $1 AND owner_kind = $2 AND owner = $3 ORDER BY created, id")
    private static let page = Query(
        "SELECT * FROM connections WHERE organization = $1 AND id > $2 ORDER BY id LIMIT $3")
    private static let all = Query("SELECT * FROM connections WHERE organization = $1 ORDER BY created, id")

    public func connection(_ id: ConnectionID) async throws -> ConnectionRecord? {
        try await row(SQLStore.one, [id.raw]).map(ConnectionRecord.init(row:))
    }

    public func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [ConnectionRecord] {
        try await rows(SQLStore.ofOwnerAtProvider, [organization.raw, owner.kind, owner.name, provider.raw])
            .map(ConnectionRecord.init(row:))
    }

    public func connections(in organization: OrganizationID, of owner: Owner?) async throws -> [ConnectionRecord] {
        let rows =
            if let owner {
                try await rows(SQLStore.ofOwner, [organization.raw, owner.kind, owner.name])
            } else {
                try await rows(SQLStore.all, [organization.raw])
            }
        return try rows.map(ConnectionRecord.init(row:))
    }

    public func connections(
        in organization: OrganizationID, after: ConnectionID?, limit: Int
    ) async throws -> [ConnectionRecord] {
        try await rows(SQLStore.page, [organization.raw, after?.raw ?? "", limit]).map(ConnectionRecord.init(row:))
    }
}

extension ConnectionRecord {
    init(row: Row) throws {
        try self.init(
            id: ConnectionID(row["id"]), organization: OrganizationID(row["organization"]), owner: Owner(row: row),
            provider: ProviderID(row["provider"]), origin: row["origin"], issuer: row["issuer"],
            kind: row["kind"], account: row["account"],
            accountName: row["account_name"], email: row["email"], scopes: Set(try [String](stored: row["scopes"])),
            generation: row["generation"], fingerprint: row["fingerprint"],
            sealed: try row["sealed"],
            health: try ConnectionHealth(stored: row["health"]), created: Timestamp(microseconds: row["created"]),
            granted: Timestamp(microseconds: row["granted"]), lacks: try LackedScopes(stored: row["lacks"]),
            assertedAs: row["asserted_as"], formerAccount: row["former_account"])
    }
}

extension LackedScopes {
    fileprivate init(stored text: String) throws {
        guard let json = try? JSON.parse(Array(text.utf8)), let lacks = LackedScopes(json: json) else {
            throw StorageError(.corrupt, "what a connection lacks can't be read")
        }
        self = lacks
    }
}

extension Owner {
    /// From the columns `owner_kind` and `owner`.
    init(row: Row) throws {
        switch try row["owner_kind"] as String {
        case "person": self = .person(PersonID(try row["owner"]))
        case "agent": self = .agent(AgentID(try row["owner"]))
        case "organization": self = .organization
        default: throw StorageError(.corrupt, "a connection's owner can't be read")
        }
    }
}
