import Wire

/// What is asked of a token endpoint: the fields of one grant, without those that say who we are. Secrets are among them,
/// so it can't be copied, and shows none.
public struct TokenRequest: ~Copyable, Sendable {
    /// `grant_type`, for the ledger and the log.
    public let grant: String
    private let fields: [(name: String, value: String)]

    public init(grant: String, _ fields: [(name: String, value: String)]) {
        self.grant = grant
        self.fields = [("grant_type", grant)] + fields
    }

    /// What isn't asked of a token endpoint, and has no `grant_type`.
    init(to what: String, _ fields: [(name: String, value: String)]) {
        grant = what
        self.fields = fields
    }

    /// RFC 6749 section 4.1.3, with RFC 7636 section 4.5.
    ///
    /// - Parameter resource: the one that the tokens are for (RFC 8707 section 2.2).
    public static func code(
        _ code: TokenText, verifier: CodeVerifier, redirectURI: String, for resource: String? = nil
    ) -> TokenRequest {
        TokenRequest(
            grant: "authorization_code",
            [("code", code.text), ("redirect_uri", redirectURI), ("code_verifier", verifier.text)]
                + named(resource))
    }

    /// The `grant_type` of a refresh token.
    public static let refreshGrant = "refresh_token"

    /// RFC 6749 section 6. No scope is named: what was granted stays.
    public static func refresh(_ token: TokenText, for resource: String? = nil) -> TokenRequest {
        TokenRequest(grant: refreshGrant, [("refresh_token", token.text)] + named(resource))
    }

    private static func named(_ resource: String?) -> [(name: String, value: String)] {
        resource.map { [("resource", $0)] } ?? []
    }

    /// RFC 7009 section 2.1.
    public static func revoke(_ token: TokenText, hint: String) -> TokenRequest {
        TokenRequest(to: "revoke", [("token", token.text), ("token_type_hint", hint)])
    }

    /// What the request has for a body, with what says who we are.
    ///
    /// - Parameter client: `client_id` and the like, for a client that says so in the body.
    public borrowing func body(
        _ encoding: TokenDialect.Encoding, with client: [(name: String, value: String)]
    ) -> (type: String, bytes: [UInt8]) {
        switch encoding {
        case .form:
            let pairs = (fields + client).map { "\($0.name)=\(PercentEncoding.encode($0.value))" }
            return ("application/x-www-form-urlencoded", Array(pairs.joined(separator: "&").utf8))
        case .json:
            let object = JSONObject((fields + client).map { ($0.name, JSON.string($0.value)) })
            return ("application/json", JSON.object(object).bytes())
        }
    }
}
