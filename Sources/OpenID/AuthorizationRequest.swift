import OAuth
import Wire

/// One way of a browser to a provider and back: what it takes along, and what only we know.
public struct AuthorizationRequest: Sendable, Hashable {
    /// What the answer has to bring back. With the cookie of the same browser it shows who asked.
    public let state: String
    /// What the token has to bring back.
    public let nonce: String
    /// What only whoever began can show (RFC 7636).
    public let verifier: String
    /// How many seconds ago the person may have shown who they are, at most (OpenID Connect Core 1.0 section 3.1.2.1); nil
    /// where the provider may take any session of theirs.
    public let maxAge: Int64?

    public init(state: String, nonce: String, verifier: String, maxAge: Int64? = nil) {
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        self.maxAge = maxAge
    }

    /// Each of 256 random bits.
    public static func fresh(maxAge: Int64? = nil) -> AuthorizationRequest {
        func secret() -> String { Base64.encodeURL(randomBytes(32)) }
        return AuthorizationRequest(state: secret(), nonce: secret(), verifier: secret(), maxAge: maxAge)
    }

    /// RFC 7636 section 4.2, with S256.
    var challenge: String { Base64.encodeURL(Digest.sha256(of: Array(verifier.utf8)).bytes) }

    /// Where the browser goes.
    public func url(
        at provider: ProviderMetadata, client: String, redirectURI: String, scopes: [String]
    ) -> String {
        var parameters = [
            ("response_type", "code"), ("client_id", client), ("redirect_uri", redirectURI),
            ("scope", (["openid"] + scopes.filter { $0 != "openid" }).joined(separator: " ")), ("state", state),
            ("nonce", nonce), ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ]
        if let maxAge { parameters.append(("max_age", String(maxAge))) }
        return provider.authorization.url.adding(parameters)
    }
}

extension ProviderMetadata {
    /// Where the browser goes to sign out at the provider too (OpenID Connect RP-Initiated Logout 1.0 section 2); nil when
    /// it has no such place.
    public func logoutURL(client: String, hint: String?, back: String) -> String? {
        var parameters = [("client_id", client), ("post_logout_redirect_uri", back)]
        if let hint { parameters.insert(("id_token_hint", hint), at: 0) }
        return endSession?.url.adding(parameters)
    }
}

extension String {
    fileprivate func adding(_ parameters: [(String, String)]) -> String {
        let query = parameters.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        return self + (contains("?") ? "&" : "?") + query
    }
}
