public import Authority
public import Broker
import Gate
import OAuth

extension SQLStore: AppStore {
    private static let oneApp = Query("SELECT * FROM apps WHERE id = $1")
    private static let allApps = Query("SELECT * FROM apps WHERE organization = $1 ORDER BY provider, agent")

    public func app(
        at provider: ProviderID, of agent: AgentID?, in organization: OrganizationID
    ) async throws -> AppRecord? {
        try await row(SQLStore.oneApp, [AppRecord.id(provider, of: agent, in: organization)]).map(AppRecord.init(row:))
    }

    public func apps(in organization: OrganizationID) async throws -> [AppRecord] {
        try await rows(SQLStore.allApps, [organization.raw]).map(AppRecord.init(row:))
    }
}

extension SQLStore: TokenSetStore {
    private static let tokens = Query("SELECT * FROM token_sets WHERE id = $1")
    private static let ofAll = Query(
        """
        SELECT token_sets.* FROM connections JOIN token_sets ON token_sets.id = connections.id
        WHERE connections.organization = $1
        """)
    private static let ofOwner = Query(
        """
        SELECT token_sets.* FROM connections JOIN token_sets ON token_sets.id = connections.id
        WHERE connections.organization = $1 AND connections.owner_kind = $2 AND connections.owner = $3
        """)
    private static let ofPage = Query(
        """
        SELECT token_sets.* FROM connections JOIN token_sets ON token_sets.id = connections.id
        WHERE connections.organization = $1 AND connections.id > $2 AND connections.id <= $3 ORDER BY connections.id
        """)
    private static let ofRest = Query(
        """
        SELECT token_sets.* FROM connections JOIN token_sets ON token_sets.id = connections.id
        WHERE connections.organization = $1 AND connections.id > $2 ORDER BY connections.id
        """)
    private static let due = Query(
        """
        SELECT id FROM (
          SELECT token_sets.id, due, ROW_NUMBER() OVER (PARTITION BY provider ORDER BY due, token_sets.id) AS place
          FROM token_sets JOIN connections ON connections.id = token_sets.id AND health = 'healthy'
          WHERE due IS NOT NULL AND due <= $1 AND lease_until <= $1
        ) AS waiting WHERE place <= $2 ORDER BY due, id
        """)

    public func tokens(of connection: ConnectionID) async throws -> TokenSet? {
        try await row(SQLStore.tokens, [connection.raw]).map(TokenSet.init(row:))
    }

    public func tokens(in organization: OrganizationID, of owner: Owner?) async throws -> [TokenSet] {
        let rows =
            if let owner {
                try await rows(SQLStore.ofOwner, [organization.raw, owner.kind, owner.name])
            } else {
                try await rows(SQLStore.ofAll, [organization.raw])
            }
        return try rows.map(TokenSet.init(row:))
    }

    public func tokens(
        in organization: OrganizationID, after: ConnectionID?, through last: ConnectionID?
    ) async throws -> [TokenSet] {
        let rows =
            if let last {
                try await rows(SQLStore.ofPage, [organization.raw, after?.raw ?? "", last.raw])
            } else {
                try await rows(SQLStore.ofRest, [organization.raw, after?.raw ?? ""])
            }
        return try rows.map(TokenSet.init(row:))
    }

    public func tokensDue(by time: Timestamp, limit: Int) async throws -> [ConnectionID] {
        try await rows(SQLStore.due, [time.microseconds, limit]).map { ConnectionID(try $0["id"]) }
    }
}

extension AppRecord {
    fileprivate init(row: Row) throws {
        guard let authentication = ClientAuthentication(rawValue: try row["authentication"]) else {
            throw StorageError(.corrupt, "the column `authentication` can't be read")
        }
        let agent: String = try row["agent"]
        self.init(
            organization: OrganizationID(try row["organization"]), provider: ProviderID(try row["provider"]),
            clientID: try row["client"], authentication: authentication, sealed: try row["sealed"],
            created: Timestamp(microseconds: try row["created"]), issuer: try row["issuer"],
            isRotating: (try row["is_rotating"] as Int64) == 1, agent: agent.isEmpty ? nil : AgentID(agent),
            appID: try row["app_id"])
    }
}

extension TokenSet {
    fileprivate init(row: Row) throws {
        func time(_ column: String) throws -> Timestamp? {
            (try row[column] as Int64?).map { Timestamp(microseconds: $0) }
        }
        let owner: String = try row["lease_owner"]
        let failure: String? = try row["failure"]
        let kind = failure.flatMap(TokenTrouble.Kind.init)
        guard (failure == nil) == (kind == nil) else {
            throw StorageError(.corrupt, "the column `failure` can't be read")
        }
        let code: String = try row["failure_code"]
        let count: Int64 = try row["failures"]
        let claims: String? = try row["failure_claims"]
        self.init(
            connection: ConnectionID(try row["id"]), grant: try row["grant_of"], generation: try row["generation"],
            clientID: try row["client"], fingerprint: try row["fingerprint"], access: try row["access"],
            refresh: try row["refresh"], expires: try time("expires"),
            obtained: Timestamp(microseconds: try row["obtained"]), due: try time("due"),
            lease: owner.isEmpty
                ? nil : TokenLease(owner: owner, until: Timestamp(microseconds: try row["lease_until"])),
            attempted: try time("attempted"),
            failure: kind.map { TokenTrouble(kind: $0, code: code, count: count, claims: claims) })
    }
}
