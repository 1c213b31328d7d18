import Wire

/// An identity provider's leave for one client to reach one resource for one person
/// (draft-ietf-oauth-identity-assertion-authz-grant, with the resource as the MCP profile has it): verified, or it isn't
/// made.
public struct IdentityAssertion: Sendable {
    public let issuer: String
    /// Whom it is about, by the claim that the issuer names people with.
    public let subject: String
    /// What names this assertion, so that it is taken once.
    public let id: String
    /// Seconds since 1970 until which it could come again.
    public let until: Int64
    public let resource: String
    /// What the provider lets the client do; nil when it says nothing of that.
    public let scope: String?
    /// Who acted before, the latest first.
    public let history: [TokenActor]

    /// How long one may hold, in seconds: it is made for the next moment.
    static let longest: Int64 = 3_600

    /// - Parameters:
    ///   - audience: our issuer.
    ///   - client: who brings it, authenticated.
    ///   - now: seconds since 1970.
    public init(
        _ text: String, from source: TokenSource, keys: KeySet, audience: String, client: String, now: Int64
    ) throws(TokenRefusal) {
        let token = try SignedToken(text, allowing: source.algorithms)
        guard token.type == "oauth-id-jag+jwt" else { throw .type }
        let key = try keys.key(for: token)
        guard key.verifies(token) else { throw .signature }
        let claims = try Claims(token.claims, issuer: source.issuer)
        guard token.claims["aud"]?.single == audience else { throw .audience }
        guard token.claims["client_id"]?.stringValue == client else { throw .client }
        let expires = try claims.checkTimes(now: now)
        guard expires <= now + IdentityAssertion.longest + Claims.skew else { throw .expired }
        try TokenSource.checkPlain(token.claims)
        guard claims.subject != nil else { throw .subject }
        guard let id = try Claims.id(token.claims["jti"]) else { throw .id }
        guard let resource = token.claims["resource"]?.single else { throw .resource }
        if let scope = token.claims["scope"], scope.stringValue == nil { throw .malformed }
        issuer = source.issuer
        subject = try source.subject(token.claims)
        self.id = id
        until = expires + Claims.skew
        self.resource = resource
        scope = token.claims["scope"]?.stringValue
        history = try TokenActor.chain(token.claims["act"])
    }
}
