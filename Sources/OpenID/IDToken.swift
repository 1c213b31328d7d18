import Crypto
public import Wire

/// What a provider says of who signed in: verified, or it isn't made.
public struct IDToken: Sendable {
    public let issuer: String
    /// Whom the provider means, for ever. With the issuer it is the login's name; nothing else is.
    public let subject: String
    /// The provider's own session, where it names one.
    public let session: String?
    /// As the provider says it: to show, never to go by.
    public let name: String?
    /// As the provider says it: to show, never to go by.
    public let email: String?
    public let claims: JSONObject
    /// As it came, for the hint when its person signs out.
    public let text: String

    /// Verifies a token after OpenID Connect Core 1.0 section 3.1.3.7.
    ///
    /// - Parameters:
    ///   - accessToken: the one that came with it; when the token says which one it belongs to, it must be this.
    ///   - maxAge: how many seconds before the request the person may have shown who they are; nil where nobody asked.
    ///   - now: seconds since 1970.
    public init(
        _ text: String, from client: TokenClient, keys: KeySet, nonce: String, accessToken: String?, askedAt: Int64,
        maxAge: Int64? = nil, now: Int64
    ) throws(TokenRefusal) {
        let token = try SignedToken(text, allowing: client.algorithms)
        guard token.type == nil || token.type == "jwt" else { throw .type }
        let key = try keys.key(for: token)
        guard key.verifies(token) else { throw .signature }
        let claims = try Claims(token.claims, client)
        guard let given = token.claims["nonce"]?.stringValue, Claims.isEqual(given, nonce) else { throw .nonce }
        try claims.checkTimes(now: now)
        // It answers a request that was made then: one from before is somebody's old one.
        guard claims.issuedAt >= askedAt - Claims.skew else { throw .issued }
        if let maxAge {
            // A provider that was asked has to say when (section 3.1.3.7, rule 12).
            guard let then = token.claims["auth_time"]?.seconds, then <= now + Claims.skew,
                askedAt - then <= maxAge + Claims.skew
            else { throw .authenticationTime }
        }
        if let hash = token.claims["at_hash"] {
            guard let accessToken, let hash = hash.stringValue,
                hash == IDToken.half(of: accessToken, token.algorithm)
            else { throw .accessToken }
        }
        guard let subject = claims.subject else { throw .subject }
        issuer = client.issuer
        self.subject = subject
        session = claims.session
        name = token.claims["name"]?.stringValue
        email = token.claims["email"]?.stringValue
        self.claims = token.claims
        self.text = text
    }

    /// The left half of the hash that goes with the signature (section 3.1.3.6). Ed25519 goes with SHA-512.
    private static func half(of text: String, _ algorithm: SigningAlgorithm) -> String {
        let bytes = Array(text.utf8)
        switch algorithm {
        case .rs256, .ps256, .es256: return Base64.encodeURL(Digest.sha256(of: bytes).bytes.prefix(16))
        case .edDSA: return Base64.encodeURL(Array(SHA512.hash(data: bytes)).prefix(32))
        }
    }
}

/// Us at one provider, as its tokens have to name both.
public struct TokenClient: Sendable {
    public let issuer: String
    public let clientID: String
    /// What the provider's metadata names, of what we take.
    public let algorithms: Set<SigningAlgorithm>

    public init(issuer: String, clientID: String, algorithms: Set<SigningAlgorithm>) {
        self.issuer = issuer
        self.clientID = clientID
        self.algorithms = algorithms
    }
}
