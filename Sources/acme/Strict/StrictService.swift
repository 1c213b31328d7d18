import HTTPTypes

/// An authorization server by the book, with refresh tokens that rotate and a watch for those that come again, and an
/// API that its tokens open.
struct StrictService: Service {
    let name = ServiceName.strict
    let desk: OAuthDesk
    let knobs: StrictKnobs

    var routes: [Route<Operation>] {
        let authorize = authorizing.operation("strict.authorize")
        let verify = Operation(open: "strict.verify", about: aboutVerify, run: verify)
        let echo = Operation(name: "strict.echo", run: api(Self.echo))
        return [
            Route(
                .get, "/.well-known/oauth-authorization-server",
                Operation(
                    open: "strict.metadata", run: { [self] call in Answer(200, metadata(origin: desk.origin(call))) })),
            Route(.get, "/authorize", authorize), Route(.post, "/authorize", authorize),
            Route(.post, "/token", Operation(open: "strict.token", about: aboutToken, run: token)),
            Route(.post, "/revoke", Operation(open: "strict.revoke", about: aboutNamed, run: revoke)),
            Route(.post, "/introspect", Operation(open: "strict.introspect", about: aboutNamed, run: introspect)),
            Route(
                .post, "/device_authorization",
                Operation(open: "strict.device", about: { Party(client: $0.form["client_id"]) }, run: device)),
            Route(.get, "/device", verify), Route(.post, "/device", verify),
            Route(.get, "/userinfo", Operation(name: "strict.userinfo", run: api(userInfo))),
            Route(.get, "/api/echo", echo), Route(.post, "/api/echo", echo),
            Route(.get, "/api/echo/{scope}", echo), Route(.post, "/api/echo/{scope}", echo),
        ]
    }

    /// An operation of the API: where tokens are exchanged for it, it takes no others.
    private func api(
        _ run: @escaping @Sendable (Call, Token) throws(Answer) -> Answer
    ) -> @Sendable (Call, Token) throws(Answer) -> Answer {
        { [knobs] call, token throws(Answer) in
            if let audience = knobs.now.apiAudience, token.audience != audience {
                throw Self.dead("the token isn't for this API")
            }
            return try run(call, token)
        }
    }

    var authorizing: Authorizing {
        Authorizing(
            desk: desk, rules: rules,
            widen: { [knobs] _, _, allowed in Self.grantable(allowed, knobs.now) })
    }

    func rules(_ call: Call) -> AuthorizationRules {
        let origin = desk.origin(call)
        let issuer: String? =
            switch knobs.now.issuer {
            case .right: origin
            case .wrong: "https://mallory.example"
            case .absent: nil
            }
        return AuthorizationRules(
            title: "Strict", needsPKCE: true, needsScope: false, refusesRepeats: true, issuer: issuer)
    }

    static func grantable(_ scopes: [String], _ settings: StrictSettings) -> [String] {
        settings.grantable.map { allowed in scopes.filter(allowed.contains) } ?? scopes
    }

    private func metadata(origin: String) -> JSON {
        [
            "issuer": .string(origin), "authorization_endpoint": .string(origin + "/authorize"),
            "token_endpoint": .string(origin + "/token"), "revocation_endpoint": .string(origin + "/revoke"),
            "introspection_endpoint": .string(origin + "/introspect"),
            "device_authorization_endpoint": .string(origin + "/device_authorization"),
            "userinfo_endpoint": .string(origin + "/userinfo"), "response_types_supported": ["code"],
            "grant_types_supported": [
                "authorization_code", "refresh_token", "client_credentials", .string(Self.deviceGrant),
                .string(Self.exchangeGrant), .string(Self.bearerGrant),
            ],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic", "client_secret_post", "private_key_jwt", "none",
            ],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256"],
            "authorization_response_iss_parameter_supported": .bool(knobs.now.issuer != .absent),
        ]
    }

    static let deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

    /// RFC 6750 §3: no error code when no credential came.
    func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .noToken: Self.no(401, "no_token").adding("WWW-Authenticate", "Bearer realm=\"strict\"")
        case .unknownToken: Self.dead("the token is unknown")
        case .revokedToken: Self.dead("the token was revoked")
        case .expiredToken: Self.dead("the token has expired")
        case .missingScope(let operation, _): Self.narrow(operation.scopes.joined(separator: " "))
        case .rateLimited(let seconds): Self.no(429, "slow_down").adding("Retry-After", String(seconds))
        case .noSuchOperation: Self.no(404, "not_found")
        case .otherMethod: Self.no(405, "method_not_allowed")
        case .badBody: Self.no(400, "invalid_request")
        case .fault(let status): Self.no(status, status == 503 ? "temporarily_unavailable" : "server_error")
        }
    }

    static func no(_ status: Int, _ error: String) -> Answer {
        Answer(status, ["error": .string(error)], error: error)
    }

    private static func dead(_ text: String) -> Answer {
        no(401, "invalid_token").adding(
            "WWW-Authenticate", "Bearer realm=\"strict\", error=\"invalid_token\", error_description=\"\(text)\"")
    }

    static func narrow(_ scope: String) -> Answer {
        no(403, "insufficient_scope").adding(
            "WWW-Authenticate", "Bearer realm=\"strict\", error=\"insufficient_scope\", scope=\"\(scope)\"")
    }
}
