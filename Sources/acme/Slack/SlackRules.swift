/// How Slack refuses: status 200 with `ok: false`, except for rate limits (docs.slack.dev, Web API).
enum SlackRules {
    static let accounts = [
        Account(service: .slack, owner: "alice", scopes: personal, shape: .slackUser),
        Account(service: .slack, owner: "bob", scopes: personal, shape: .slackUser),
        Account(
            service: .slack, owner: "product", scopes: ["chat:write", "channels:read", "channels:history"],
            shape: .slackBot),
    ]

    private static let personal: Set<String> = [
        "chat:write", "channels:read", "groups:read", "channels:history", "groups:history", "users:read",
        "users:read.email",
    ]

    static func no(_ error: String) -> Answer {
        Answer(200, ["ok": false, "error": .string(error)], error: error)
    }

    static func missing(_ scope: String, _ token: Token) -> Answer {
        Answer(
            200,
            [
                "ok": false, "error": "missing_scope", "needed": .string(scope),
                "provided": .string(token.scopes.sorted().joined(separator: ",")),
            ], error: "missing_scope")
    }

    static func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .noToken: no("not_authed")
        case .unknownToken: no("invalid_auth")
        case .revokedToken: no("token_revoked")
        case .expiredToken: no("token_expired")
        case .missingScope(let operation, let token): missing(operation.scopes.joined(separator: ","), token)
        case .rateLimited(let seconds):
            Answer(429, ["ok": false, "error": "ratelimited"], error: "ratelimited")
                .adding("Retry-After", String(seconds))
        case .noSuchOperation, .otherMethod: no("unknown_method")
        case .badBody: no("invalid_json")
        case .fault(let status):
            Answer(status, ["ok": false, "error": "internal_error"], error: "internal_error")
        }
    }
}
