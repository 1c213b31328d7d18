public import Authority
public import Registry
public import Wire

extension SQLStore: OAuthStore {
    private static let oneClient = Query("SELECT * FROM oauth_clients WHERE organization = $1 AND id = $2")
    private static let allClients = Query("SELECT * FROM oauth_clients WHERE organization = $1 ORDER BY created, id")
    private static let oneGrant = Query("SELECT * FROM oauth_grants WHERE id = $1")
    private static let allGrants = Query("SELECT * FROM oauth_grants WHERE organization = $1 ORDER BY created, id")
    private static let ofPerson = Query(
        "SELECT * FROM oauth_grants WHERE organization = $1 AND person = $2 ORDER BY created, id")
    private static let byClient = Query(
        "SELECT * FROM oauth_grants WHERE organization = $1 AND client = $2 ORDER BY created, id")
    private static let ofPersonByClient = Query(
        """
        SELECT * FROM oauth_grants WHERE organization = $1 AND person = $2 AND client = $3 ORDER BY created, id
        """)
    private static let oneCode = Query("SELECT * FROM oauth_codes WHERE hash = $1")
    private static let oneToken = Query("SELECT * FROM oauth_tokens WHERE hash = $1")

    public func oauthClient(_ id: OAuthClientID, in organization: OrganizationID) async throws -> OAuthClient? {
        try await row(SQLStore.oneClient, [organization.raw, id.raw]).map(OAuthClient.init(row:))
    }

    public func oauthClients(in organization: OrganizationID) async throws -> [OAuthClient] {
        try await rows(SQLStore.allClients, [organization.raw]).map(OAuthClient.init(row:))
    }

    public func oauthGrant(_ id: ClientID) async throws -> OAuthGrant? {
        try await row(SQLStore.oneGrant, [id.raw]).map(OAuthGrant.init(row:))
    }

    public func oauthGrants(
        in organization: OrganizationID, of person: PersonID?, by client: OAuthClientID?
    ) async throws -> [OAuthGrant] {
        let found =
            switch (person, client) {
            case (nil, nil): try await rows(SQLStore.allGrants, [organization.raw])
            case (let person?, nil): try await rows(SQLStore.ofPerson, [organization.raw, person.raw])
            case (nil, let client?): try await rows(SQLStore.byClient, [organization.raw, client.raw])
            case (let person?, let client?):
                try await rows(SQLStore.ofPersonByClient, [organization.raw, person.raw, client.raw])
            }
        return try found.map(OAuthGrant.init(row:))
    }

    public func oauthCode(_ hash: Digest) async throws -> OAuthCode? {
        try await row(SQLStore.oneCode, [hash.bytes]).map(OAuthCode.init(row:))
    }

    public func oauthToken(_ hash: Digest) async throws -> OAuthToken? {
        try await row(SQLStore.oneToken, [hash.bytes]).map(OAuthToken.init(row:))
    }
}

extension OAuthClient {
    fileprivate init(row: Row) throws {
        guard let origin = OAuthClientOrigin(rawValue: try row["origin"]),
            let authentication = ClientAuthentication(rawValue: try row["authentication"])
        else { throw StorageError(.corrupt, "a client can't be read") }
        try self.init(
            id: OAuthClientID(row["id"]), organization: OrganizationID(row["organization"]), origin: origin,
            name: row["name"], redirects: [String](stored: row["redirects"]).compactMap { RedirectURI($0) },
            authentication: authentication, secret: (try row["secret"] as [UInt8]?).flatMap { Digest(bytes: $0) },
            ceiling: EffectSet(stored: row["ceiling"]), isRevoked: try row["revoked"] as Int64 != 0,
            created: Timestamp(microseconds: row["created"]))
    }
}

extension OAuthGrant {
    fileprivate init(row: Row) throws {
        guard let shown = Digest(bytes: try row["shown"] as [UInt8]) else {
            throw StorageError(.corrupt, "a grant can't be read")
        }
        try self.init(
            id: ClientID(row["id"]), organization: OrganizationID(row["organization"]),
            person: PersonID(row["person"]), client: OAuthClientID(row["client"]), agent: AgentID(row["agent"]),
            resource: row["resource"], redirect: row["redirect"], effects: EffectSet(stored: row["effects"]),
            isOpenID: try row["openid"] as Int64 != 0, shown: shown, created: Timestamp(microseconds: row["created"]))
    }
}

extension OAuthCode {
    fileprivate init(row: Row) throws {
        guard let hash = Digest(bytes: try row["hash"] as [UInt8]),
            let challenge = Digest(bytes: try row["challenge"] as [UInt8])
        else { throw StorageError(.corrupt, "a code can't be read") }
        try self.init(
            hash: hash, grant: ClientID(row["grant_id"]), challenge: CodeChallenge(digest: challenge),
            nonce: row["nonce"], signedIn: (try row["signed_in"] as Int64?).map { Timestamp(microseconds: $0) },
            expires: Timestamp(microseconds: row["expires"]),
            isUsed: try row["used"] as Int64 != 0)
    }
}

extension OAuthToken {
    fileprivate init(row: Row) throws {
        guard let hash = Digest(bytes: try row["hash"] as [UInt8]), let kind = Kind(rawValue: try row["kind"]) else {
            throw StorageError(.corrupt, "a token can't be read")
        }
        let actors: String? = try row["actors"]
        try self.init(
            hash: hash, kind: kind, grant: ClientID(row["grant_id"]), expires: Timestamp(microseconds: row["expires"]),
            isUsed: try row["used"] as Int64 != 0,
            effects: (try row["effects"] as String?).map { try EffectSet(stored: $0) },
            actors: try actors.map { try JSON.parse(Array($0.utf8)) })
    }
}

extension EffectSet {
    /// Its words, as a JSON array.
    var stored: JSON { words.stored }

    init(stored text: String) throws {
        guard let set = EffectSet(words: try [String](stored: text)) else {
            throw StorageError(.corrupt, "a set of effects can't be read")
        }
        self = set
    }
}
