import HTTPTypes

/// Google's authorization server: accounts.google.com and oauth2.googleapis.com in one.
struct GoogleService: Service {
    let name = ServiceName.google
    let desk: OAuthDesk
    let domain: GoogleDomain
    let key = SigningKey(id: "acme-google")

    /// Live refresh tokens per account and app; the oldest goes without a word when one more is issued.
    static let mostRefreshTokens = 100

    var routes: [Route<Operation>] {
        let authorize = authorizing.operation("google.authorize")
        let userInfo = Operation(
            name: "google.userinfo", scopes: ["openid", GoogleRules.scopeRoot + "userinfo.email"], run: userInfo)
        return [
            Route(.get, "/o/oauth2/v2/auth", authorize), Route(.post, "/o/oauth2/v2/auth", authorize),
            Route(.post, "/token", Operation(open: "google.token", about: aboutToken, run: token)),
            Route(.post, "/revoke", Operation(open: "google.revoke", about: aboutRevoke, run: revoke)),
            Route(.get, "/oauth2/v3/certs", Operation(open: "google.certs", run: { [key] _ in Answer(200, key.set) })),
            Route(.get, "/oauth2/v3/userinfo", userInfo), Route(.get, "/v1/userinfo", userInfo),
        ] + keyRoutes
    }

    var authorizing: Authorizing {
        Authorizing(
            desk: desk, rules: { _ in AuthorizationRules(title: "Google", allowsSubset: true) },
            widen: widen,
            extras: { [("scope", $1.joined(separator: " "))] })
    }

    /// With `include_granted_scopes`, what the person allowed this app before comes along.
    private func widen(_ request: AuthorizationRequest, _ owner: String, _ allowed: [String]) -> [String] {
        guard request.form["include_granted_scopes"] == "true" else { return allowed }
        let earlier = desk.step { book in
            book.families.filter { $0.client == request.client.id && $0.owner == owner && $0.ended == nil }
                .flatMap(\.scopes)
        }
        return allowed + Set(earlier).subtracting(allowed).sorted()
    }

    func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .fault(let status):
            Answer.oauth(status, status == 503 ? "temporarily_unavailable" : "internal_failure", "Backend Error")
        case .noToken, .unknownToken, .revokedToken, .expiredToken:
            Answer.oauth(401, "invalid_request", "Invalid Credentials").adding(
                "WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"")
        case .missingScope: Answer.oauth(403, "insufficient_scope", "Request had insufficient authentication scopes.")
        case .rateLimited, .noSuchOperation, .otherMethod, .badBody: GoogleRules.refuse(refusal, api: "oauth2")
        }
    }

    func person(_ owner: String) -> OAuthAccount {
        desk.account(owner) ?? OAuthAccount(owner: owner)
    }

    func userInfo(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        Answer(200, GoogleRules.userInfo(person(token.owner)))
    }

    func aboutRevoke(_ call: Call) -> Party {
        let secret = call.form["token"] ?? call.query["token"] ?? ""
        let id = desk.token(secret).party.family
        return desk.step { book in
            guard let family = (id ?? book.refreshTokens[secret]?.family).map({ book[family: $0] }) else {
                return Party()
            }
            return Party(owner: family.owner, client: family.client, family: family.id)
        }
    }

    /// Ends the authorization that a token comes from; either kind of token will do.
    func revoke(_ call: Call) throws(Answer) -> Answer {
        let secret = call.form["token"] ?? call.query["token"] ?? ""
        guard let family = aboutRevoke(call).family, desk.step({ $0[family: family].ended == nil }) else {
            throw .oauth(
                400, "invalid_token", secret.isEmpty ? "Missing required parameter: token" : "Token expired or revoked")
        }
        // With one token goes the user's whole authorization of the app.
        for other in desk.step({ $0.together(with: family) }) { desk.end(other, cause: "revoked") }
        return Answer(200, [:])
    }
}
