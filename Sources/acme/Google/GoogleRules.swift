import NIOCore

/// How Google's APIs refuse: one `error` object for all of them (google.rpc.Status, with the older `errors` list).
enum GoogleRules {
    static let scopeRoot = "https://www.googleapis.com/auth/"

    static func no(
        _ status: Int, _ reason: String, _ message: String, detail: String? = nil, rpc: String? = nil
    ) -> Answer {
        let first: JSON = [
            "message": .string(detail ?? message), "domain": .string(domain(of: reason)), "reason": .string(reason),
        ]
        let error: JSON = [
            "code": .int(status), "message": .string(message), "errors": [first],
            "status": .string(rpc ?? rpcCode(status)),
        ]
        return Answer(status, ["error": error], error: reason)
    }

    private static func domain(of reason: String) -> String {
        reason == "rateLimitExceeded" ? "usageLimits" : "global"
    }

    private static func rpcCode(_ status: Int) -> String {
        switch status {
        case 400: "INVALID_ARGUMENT"
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 409: "ALREADY_EXISTS"
        case 429: "RESOURCE_EXHAUSTED"
        case 503: "UNAVAILABLE"
        default: "INTERNAL"
        }
    }

    /// Who an access token's owner is, as the user info endpoint says it.
    static func userInfo(_ account: OAuthAccount) -> JSON {
        [
            "sub": .string(account.number), "email": .string(account.email), "email_verified": true, "hd": "acme.test",
        ]
    }

    static func invalid(_ message: String, reason: String = "invalidArgument") -> Answer {
        no(400, reason, message)
    }

    static func refuse(_ refusal: Refusal, api: String) -> Answer {
        switch refusal {
        case .noToken:
            no(
                401, "required",
                "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie "
                    + "or other valid authentication credential.", detail: "Login Required."
            ).adding("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\"")
        case .unknownToken, .revokedToken, .expiredToken:
            no(
                401, "authError",
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
                    + "other valid authentication credential.", detail: "Invalid Credentials"
            ).adding("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"")
        case .missingScope(let operation, _): missingScope(operation, api: api)
        case .rateLimited(let seconds):
            no(429, "rateLimitExceeded", "Rate Limit Exceeded").adding("Retry-After", String(seconds))
        case .noSuchOperation, .otherMethod: no(404, "notFound", "Not Found")
        case .badBody: invalid("Parse Error", reason: "parseError")
        case .fault(let status): no(status, "backendError", "Backend Error")
        }
    }

    private static func missingScope(_ operation: Operation, api: String) -> Answer {
        let answer = no(
            403, "insufficientPermissions", "Request had insufficient authentication scopes.",
            detail: "Insufficient Permission")
        let info: JSON = [
            "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
            "metadata": ["service": .string("\(api).googleapis.com"), "method": .string(operation.name)],
        ]
        let error = (answer.body?["error"] ?? [:]).with("details", [info])
        var detailed = Answer(403, ["error": error], error: "insufficientPermissions")
        detailed.headers = [
            (
                "WWW-Authenticate",
                "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\", scope=\""
                    + operation.scopes.joined(separator: " ") + "\""
            )
        ]
        return detailed
    }

    /// The body as a JSON object.
    static func object(_ call: Call) throws(Answer) -> JSON {
        let body: JSON
        do {
            body = call.body.readableBytes == 0 ? [:] : try call.json()
        } catch {
            throw invalid("Parse Error", reason: "parseError")
        }
        guard body.members != nil else { throw invalid("Parse Error", reason: "parseError") }
        return body
    }

    static func pageSize(_ query: Form, fallback: Int, most: Int) throws(Answer) -> Int {
        guard let text = query["maxResults"] else { return fallback }
        guard let size = Int(text), size > 0 else { throw invalid("Invalid value for maxResults: \(text)") }
        return min(size, most)
    }

    static func offset(_ query: Form) throws(Answer) -> Int {
        guard let token = query["pageToken"] else { return 0 }
        guard let offset = Cursor.offset(token) else { throw invalid("Invalid pageToken") }
        return offset
    }
}
