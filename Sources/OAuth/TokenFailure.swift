import Wire

/// Why a token endpoint gave nothing, and whose turn it is now. Safe to show: nothing of the answer but its codes is in it.
public struct TokenFailure: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// It may be better soon. The seconds that the server asked to wait.
        case transient(Int?)
        /// The grant is over: its owner has to connect again.
        case dead
        /// Its owner has to do something at the provider, with these claims where the provider names some.
        case needsUser(claims: String?)
        /// Our registration there is at fault, so every grant is; none of them is dead.
        case registration
        /// The scopes don't do.
        case scope
        /// The provider's own administrator forbids it.
        case policy
    }

    public let kind: Kind
    /// What the server calls it.
    public let code: String?
    public let status: Int

    public init(_ kind: Kind, code: String?, status: Int) {
        self.kind = kind
        self.code = code
        self.status = status
    }

    /// For an endpoint that answers without tokens, or with nothing; nil when it is well.
    public init?(status: Int, retryAfter: Int?, body: [UInt8]) {
        self.init(status: status, retryAfter: retryAfter, (try? JSON.parse(body)) ?? .null)
    }

    /// Whether the server is known to have done nothing: it refused the request. What fails inside it, or comes from somebody
    /// in between, may follow an act.
    public var hasNotActed: Bool {
        status == 429 || status < 500 && code != nil || code == "temporarily_unavailable"
    }

    /// Nil when the answer is none of a failure.
    init?(status: Int, retryAfter: Int?, _ answer: JSON) {
        let named = answer["error"]?.stringValue.flatMap(TokenFailure.code)
        // Slack says `"ok": false`, and GitHub an error, with HTTP 200.
        guard named != nil || status >= 300 || answer["ok"]?.boolValue == false else { return nil }
        self.init(TokenFailure.kind(named, status, retryAfter, answer), code: named, status: status)
    }

    static func kind(_ code: String?, _ status: Int, _ retryAfter: Int?, _ answer: JSON) -> Kind {
        if status == 429 || status >= 500 { return .transient(retryAfter) }
        let named = answer["claims"]?.stringValue
        let claims = named.flatMap(TokenFailure.claims)
        switch code {
        case "invalid_grant":
            if answer["error_subtype"]?.stringValue == "invalid_rapt" { return .needsUser(claims: nil) }
            // Entra: with these the grant lives, and the person has to do something.
            return named != nil || answer["suberror"]?.stringValue?.isEmpty == false
                ? .needsUser(claims: claims) : .dead
        case "token_revoked", "invalid_refresh_token", "token_expired", "account_inactive", "bad_refresh_token":
            return .dead
        case "interaction_required", "consent_required", "login_required", "invalid_rapt":
            return .needsUser(claims: claims)
        case "invalid_client", "unauthorized_client", "invalid_client_id", "bad_client_secret",
            "incorrect_client_credentials", "unsupported_grant_type", "invalid_request", "invalid_target":
            return .registration
        case "insufficient_scope", "missing_scope", "invalid_scope": return .scope
        case "admin_policy_enforced", "access_denied", "ErrorAccessDenied", "ErrorSendAsDenied": return .policy
        case "temporarily_unavailable", "server_error", "ratelimited", "internal_error", "slow_down",
            "authorization_pending", "service_unavailable", nil, _?:
            // A code that nobody knows isn't a reason to give a grant up.
            return .transient(retryAfter)
        }
    }

    /// A JSON object that fits into an address, or nothing: it is handed back as it came.
    static func claims(_ text: String) -> String? {
        guard text.utf8.count <= 2_000, let claims = try? JSON.parse(text), claims.objectValue != nil else {
            return nil
        }
        return text
    }

    /// A short word in visible ASCII, or nothing: what a server says reaches the ledger and people.
    private static func code(_ text: String) -> String? {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ? text : nil
    }
}
