import Foundation
import HTTPTypes

/// Notion's token endpoints: Basic authentication and a body of JSON (developers.notion.com, authorization).
extension NotionService {
    /// What an app gets is settled when it is registered, not asked for.
    private static let scopes = ["read_content", "read_user_with_email"]

    var authorization: [Route<Operation>] {
        let authorize = Authorizing(
            desk: desk, rules: { _ in AuthorizationRules(title: "Notion", needsScope: false) },
            screen: { request throws(Answer) in
                guard request.form["owner"] == "user" else {
                    throw request.answer("invalid_request", "`owner` must be user")
                }
            }, widen: { _, _, _ in Self.scopes }
        ).operation("notion.oauth.authorize")
        let root = "/v1/oauth/"
        return [
            Route(.get, root + "authorize", authorize), Route(.post, root + "authorize", authorize),
            Route(.post, root + "token", Operation(open: "notion.oauth.token", about: aboutToken, run: token)),
            Route(
                .post, root + "introspect",
                Operation(open: "notion.oauth.introspect", about: aboutNamed, run: introspect)),
            Route(.post, root + "revoke", Operation(open: "notion.oauth.revoke", about: aboutNamed, run: revoke)),
        ]
    }

    private func aboutToken(_ call: Call) -> Party {
        let body = try? call.json()
        return desk.party(
            client: PresentedClient(call, id: nil, secret: nil).id.flatMap(desk.client)?.id,
            grant: body?["grant_type"]?.text, code: body?["code"]?.text, refresh: body?["refresh_token"]?.text)
    }

    private func aboutNamed(_ call: Call) -> Party {
        var party = desk.token((try? call.json())?["token"]?.text ?? "").party
        party.client = PresentedClient(call, id: nil, secret: nil).id.flatMap(desk.client)?.id
        return party
    }

    private static func no(_ status: Int, _ error: String, _ text: String) -> Answer {
        var answer = NotionRules.no(status, error, text)
        answer.body = answer.body?.with("error", .string(error)).with("error_description", .string(text))
        return answer
    }

    /// The app, by Basic authentication alone, and what it says.
    private func opened(_ call: Call) throws(Answer) -> (OAuthClient, JSON) {
        let presented = PresentedClient(call, id: nil, secret: nil)
        guard presented.isBasic, let client = presented.verified(by: desk) else {
            throw Self.no(401, "invalid_client", "Client authentication failed.")
        }
        guard call.contentType.hasPrefix("application/json"), let body = try? call.json(),
            body.members != nil
        else {
            throw NotionRules.refuse(.badBody)
        }
        return (client, body)
    }

    private func token(_ call: Call) throws(Answer) -> Answer {
        let (client, body) = try opened(call)
        let now = desk.now
        switch body["grant_type"]?.text {
        case "authorization_code":
            do {
                return answer(
                    try desk.step { book throws(CodeFault) in
                        let code = try book.redeem(
                            body["code"]?.text ?? "", client: client.id, redirectURI: body["redirect_uri"]?.text,
                            verifier: body["code_verifier"]?.text, now: now)
                        return book[family: code.family]
                    })
            } catch {
                throw Self.no(400, "invalid_grant", "Invalid code: \(error.description).")
            }
        case "refresh_token":
            do {
                let (family, _) = try desk.step { book throws(RefreshFault) in
                    try book.spend(
                        body["refresh_token"]?.text ?? "", client: client.id, .replaces(leeway: 0), now: now)
                }
                return answer(family)
            } catch {
                // Those who integrate report that a reuse ends everything that came of the authorization.
                if case .reused(let family) = error { desk.end(family, cause: "refresh token reused") }
                throw Self.no(400, "invalid_grant", "Invalid refresh token: \(error.description).")
            }
        default: throw Self.no(400, "unsupported_grant_type", "Unsupported grant type.")
        }
    }

    private func answer(_ family: Family) -> Answer {
        let bot = NotionWorld.bot(family.owner ?? "")
        let secret = SecretShape.notion.mint()
        desk.issue(secret, of: family, owner: bot.owner, scopes: Set(family.scopes), seconds: nil)
        return Answer(
            200,
            [
                "access_token": .string(secret), "token_type": "bearer",
                "refresh_token": .string(desk.refreshToken(.notionRefresh, of: family)), "bot_id": .string(bot.id),
                "workspace_icon": .null, "workspace_name": "Acme", "workspace_id": .string(NotionWorld.workspace),
                "owner": Self.owner(of: bot, withEmail: true), "duplicated_template_id": .null,
                "request_id": .string(NotionRules.requestID()),
            ])
    }

    private func introspect(_ call: Call) throws(Answer) -> Answer {
        let (client, body) = try opened(call)
        let id = JSON.string(NotionRules.requestID())
        guard case .good(let token) = desk.token(body["token"]?.text ?? ""), token.client == client.id else {
            return Answer(200, ["active": false, "request_id": id])
        }
        return Answer(
            200,
            [
                "active": true, "scope": .string(token.scopes.sorted().joined(separator: " ")),
                "iat": .int(Int(token.issued.timeIntervalSince1970)), "request_id": id,
            ])
    }

    private func revoke(_ call: Call) throws(Answer) -> Answer {
        let (client, body) = try opened(call)
        guard let secret = body["token"]?.text else { throw NotionRules.invalid("body.token should be defined.") }
        let party = desk.token(secret).party
        if party.client == client.id, let family = party.family { desk.end(family, cause: "revoked") }
        return Answer(200, ["request_id": .string(NotionRules.requestID())])
    }
}
