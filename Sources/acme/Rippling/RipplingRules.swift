/// How Rippling refuses. Its tokens belong to the company: whoever holds one sees every worker.
enum RipplingRules {
    static let accounts = [
        Account(
            service: .rippling, owner: "company", scopes: ["workers.read", "companies.read"], shape: .rippling)
    ]

    static func no(_ status: Int, _ code: String, _ message: String) -> Answer {
        Answer(status, ["error": .string(message), "code": .string(code)], error: code)
    }

    static func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .noToken: no(401, "not_authenticated", "authentication credentials were not provided")
        case .unknownToken: no(401, "invalid_token", "invalid token")
        case .revokedToken, .expiredToken: no(403, "token_revoked", "token has been revoked")
        case .missingScope(let operation, _):
            no(403, "missing_scope", "token lacks the scope \(operation.scopes.joined(separator: " or "))")
        case .rateLimited(let seconds):
            no(429, "rate_limited", "rate limit exceeded").adding("Retry-After", String(seconds))
        case .noSuchOperation: no(404, "not_found", "not found")
        case .otherMethod: no(405, "method_not_allowed", "method not allowed")
        case .badBody: no(400, "bad_request", "malformed body")
        case .fault(let status): no(status, "server_error", "an unexpected error occurred")
        }
    }
}
