import Foundation
import HTTPTypes

/// Sign in with Slack: OpenID Connect, beside the installation of apps (docs.slack.dev, authentication, sign in with Slack).
/// The token endpoint answers as the rest of the Web API does; the ID token names workspace and member.
extension SlackService {
    var openID: [Route<Operation>] {
        let authorize = identity.operation("slack.openid.connect.authorize")
        let token = Operation(open: "slack.openid.connect.token", about: aboutAccess, run: signIn)
        return [
            Route(
                .get, "/.well-known/openid-configuration",
                Operation(open: "slack.openid.configuration", run: configuration)),
            Route(
                .get, "/openid/connect/keys",
                Operation(open: "slack.openid.connect.keys", run: { [key] _ in Answer(200, key.set) })),
            Route(.get, "/openid/connect/authorize", authorize), Route(.post, "/openid/connect/authorize", authorize),
            Route(.get, "/api/openid.connect.token", token), Route(.post, "/api/openid.connect.token", token),
        ]
    }

    private var identity: Authorizing {
        Authorizing(desk: desk, rules: { _ in AuthorizationRules(title: "Slack", separators: [" ", ","]) })
    }

    private func configuration(_ call: Call) throws(Answer) -> Answer {
        let origin = desk.origin(call)
        return Answer(
            200,
            [
                "issuer": .string(origin), "authorization_endpoint": .string(origin + "/openid/connect/authorize"),
                "token_endpoint": .string(origin + "/api/openid.connect.token"),
                "jwks_uri": .string(origin + "/openid/connect/keys"),
                "scopes_supported": ["openid", "profile", "email"], "response_types_supported": ["code"],
                "response_modes_supported": ["form_post"], "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            ])
    }

    private func signIn(_ call: Call) throws(Answer) -> Answer {
        let arguments = try SlackArguments(call)
        let client = try client(call, arguments)
        guard arguments["grant_type"] ?? "authorization_code" == "authorization_code" else {
            throw SlackRules.no("invalid_grant_type")
        }
        let now = desk.now
        let code: AuthorizationCode
        do {
            code = try desk.step { book throws(CodeFault) in
                try book.redeem(
                    arguments["code"] ?? "", client: client.id, redirectURI: arguments["redirect_uri"],
                    verifier: arguments["code_verifier"], now: now)
            }
        } catch {
            throw SlackRules.no(error.slackCode)
        }
        let family = desk.step { $0[family: code.family] }
        guard family.scopes.contains("openid") else { throw SlackRules.no("missing_scope") }
        let member = world.user(id: SlackWorld.user(family.owner ?? "").id) ?? SlackWorld.user(family.owner ?? "")
        let secret = SecretShape.slackUser.mint()
        desk.issue(secret, of: family, owner: member.owner, scopes: Set(family.scopes), seconds: nil)
        let seconds = Int(now.timeIntervalSince1970)
        let claims: JSON = [
            "iss": .string(desk.origin(call)), "sub": .string(member.id), "aud": .string(client.id),
            "iat": .int(seconds), "exp": .int(seconds + 300), "auth_time": .int(seconds),
            "https://slack.com/team_id": .string(member.team), "https://slack.com/user_id": .string(member.id),
            "name": .string(member.name), "email": .string("\(member.owner)@acme.test"), "email_verified": true,
        ]
        return Answer(
            200,
            [
                "ok": true, "access_token": .string(secret), "token_type": "Bearer",
                "id_token": .string(key.sign(claims.with("nonce", code.nonce.map(JSON.string)))),
            ]
        ).unstored
    }
}
