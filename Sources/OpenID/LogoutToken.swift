import Wire

/// A provider's word that somebody signed out there (OpenID Connect Back-Channel Logout 1.0 section 2.6): verified, or it
/// isn't made.
public struct LogoutToken: Sendable {
    public let issuer: String
    /// Whose sessions end; nil when one session is meant and named.
    public let subject: String?
    /// The provider's session that ended; nil when all of the subject's did.
    public let session: String?
    /// What names this token, so that it is taken once.
    public let id: String
    /// Seconds since 1970 until which the token could come again.
    public let until: Int64

    private static let event = "http://schemas.openid.net/event/backchannel-logout"
    /// How old one may be that doesn't say until when it holds.
    private static let longest: Int64 = 300

    /// - Parameter now: seconds since 1970.
    public init(_ text: String, from client: TokenClient, keys: KeySet, now: Int64) throws(TokenRefusal) {
        let token = try SignedToken(text, allowing: client.algorithms)
        guard token.type == nil || token.type == "jwt" || token.type == "logout+jwt" else { throw .type }
        let key = try keys.key(for: token)
        guard key.verifies(token) else { throw .signature }
        let claims = try Claims(token.claims, client)
        // An ID token has a nonce, so that none of them is ever taken for this.
        guard token.claims["events"]?[LogoutToken.event]?.objectValue != nil, token.claims["nonce"] == nil else {
            throw .event
        }
        let expires = token.claims["exp"] == nil ? claims.issuedAt + LogoutToken.longest : nil
        try claims.checkTimes(now: now, or: expires)
        guard claims.issuedAt >= now - LogoutToken.longest - Claims.skew else { throw .expired }
        guard let id = token.claims["jti"]?.stringValue, (1...255).contains(id.utf8.count) else { throw .event }
        guard claims.subject != nil || claims.session != nil else { throw .subject }
        issuer = client.issuer
        subject = claims.subject
        session = claims.session
        self.id = id
        until = claims.issuedAt + LogoutToken.longest + 2 * Claims.skew
    }
}
