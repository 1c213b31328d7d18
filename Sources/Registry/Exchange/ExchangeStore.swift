public import Authority
public import Gate

/// Of which login's tokens a grant came that no person was asked for.
public struct ExchangedGrant: Sendable, Hashable {
    public let id: ClientID
    public let organization: OrganizationID
    /// The issuer by its name here.
    public let issuer: String
    public let login: Login

    public init(id: ClientID, organization: OrganizationID, issuer: String, login: Login) {
        self.id = id
        self.organization = organization
        self.issuer = issuer
        self.login = login
    }
}

/// Issuers outside, and what came of their tokens, for reading.
public protocol ExchangeStore: Sendable {
    /// In the order of their names.
    func tokenIssuers(in organization: OrganizationID) async throws -> [TokenIssuer]
    /// In the order of their ids.
    func exchangedGrants(of login: Login, in organization: OrganizationID) async throws -> [ExchangedGrant]
    /// In the order of their ids.
    func exchangedGrants(from issuer: String, in organization: OrganizationID) async throws -> [ExchangedGrant]
}

/// What becomes of issuers in the store.
public enum ExchangeChange: StoredChange {
    /// Refused as `exists` when the organization has one of that name, or one for the same issuer.
    case addIssuer(TokenIssuer)
    /// Refused as `exists` when there is none of that name.
    case removeIssuer(OrganizationID, String)
    /// Refused as `exists` when the grant is known.
    case addGrant(ExchangedGrant)
}
