public import Authority
public import Registry
import Wire

extension SQLStore: ExchangeStore {
    private static let allIssuers = Query("SELECT record FROM token_issuers WHERE organization = $1 ORDER BY name")
    private static let ofLogin = Query(
        "SELECT * FROM exchanged_grants WHERE organization = $1 AND issuer = $2 AND subject = $3 ORDER BY id")
    private static let fromIssuer = Query(
        "SELECT * FROM exchanged_grants WHERE organization = $1 AND registration = $2 ORDER BY id")

    public func tokenIssuers(in organization: OrganizationID) async throws -> [TokenIssuer] {
        try await rows(SQLStore.allIssuers, [organization.raw]).map { row in
            guard let issuer = TokenIssuer(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
                throw StorageError(.corrupt, "an issuer can't be read")
            }
            return issuer
        }
    }

    public func exchangedGrants(of login: Login, in organization: OrganizationID) async throws -> [ExchangedGrant] {
        try await rows(SQLStore.ofLogin, [organization.raw, login.issuer, login.subject]).map(ExchangedGrant.init(row:))
    }

    public func exchangedGrants(
        from issuer: String, in organization: OrganizationID
    ) async throws -> [ExchangedGrant] {
        try await rows(SQLStore.fromIssuer, [organization.raw, issuer]).map(ExchangedGrant.init(row:))
    }
}

extension ExchangedGrant {
    fileprivate init(row: Row) throws {
        try self.init(
            id: ClientID(row["id"]), organization: OrganizationID(row["organization"]), issuer: row["registration"],
            login: Login(issuer: row["issuer"], subject: row["subject"]))
    }
}
