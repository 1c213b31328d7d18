import Foundation

extension StrictService {
    func aboutNamed(_ call: Call) -> Party {
        let form = call.form
        let client = PresentedClient(call, id: form["client_id"], secret: nil).id.flatMap(desk.client)?.id
        guard let family = family(of: form["token"] ?? "") else { return Party(client: client) }
        return Party(owner: family.owner, client: client, family: family.id)
    }

    /// Ends an authorization, and says so also for tokens that it doesn't know (RFC 7009 §2.2).
    func revoke(_ call: Call) throws(Answer) -> Answer {
        let client = try client(call)
        guard let token = call.form["token"] else { throw .oauth(400, "invalid_request", "`token` is missing") }
        if let family = family(of: token), family.client == client.id {
            desk.end(family.id, cause: "revoked")
        }
        return Answer(200, [:])
    }

    /// What a token is (RFC 7662 §2.2). One that is dead, unknown or another app's is not active, and that is all.
    func introspect(_ call: Call) throws(Answer) -> Answer {
        let client = try client(call)
        guard !client.isPublic else { throw .oauth(401, "invalid_client", "a public app may not ask") }
        let secret = call.form["token"] ?? ""
        let now = desk.now
        if case .good(let token) = desk.token(secret), token.client == client.id {
            return Answer(200, Self.describe(token, desk.account(token.owner), origin: desk.origin(call)))
        }
        let family = desk.step { book -> Family? in
            guard let refresh = book.refreshTokens[secret], refresh.replaced == nil else { return nil }
            let family = book[family: refresh.family]
            let isOver = family.ended != nil || refresh.expires.map { $0 <= now } ?? false
            return isOver || family.client != client.id ? nil : family
        }
        guard let family else { return Answer(200, ["active": false]) }
        let body: JSON = [
            "active": true, "client_id": .string(family.client),
            "scope": .string(family.scopes.joined(separator: " ")),
        ]
        return Answer(200, body.with("username", family.owner.map(JSON.string)))
    }

    private static func describe(_ token: Token, _ account: OAuthAccount?, origin: String) -> JSON {
        let body: JSON = [
            "active": true, "scope": .string(token.scopes.sorted().joined(separator: " ")), "token_type": "Bearer",
            "client_id": .text(token.client), "username": .string(token.owner),
            "sub": .string(account?.uuid("strict") ?? token.owner), "iss": .string(origin),
            "iat": .int(Int(token.issued.timeIntervalSince1970)),
        ]
        return body.with("exp", token.expires.map { .int(Int($0.timeIntervalSince1970)) })
    }

    func family(of secret: String) -> Family? {
        let id = desk.token(secret).party.family
        return desk.step { book in (id ?? book.refreshTokens[secret]?.family).map { book[family: $0] } }
    }

    func userInfo(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        guard let account = desk.account(token.owner) else { throw Self.narrow("openid") }
        return Answer(
            200,
            [
                "sub": .string(account.uuid("strict")), "email": .string(account.email), "email_verified": true,
                "name": .string(account.owner.capitalized),
            ])
    }

    /// Says whose token came. `/api/echo/{scope}` wants that scope.
    static func echo(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        if let scope = call.parameters["scope"], !token.scopes.contains(scope) { throw narrow(scope) }
        let body: JSON = [
            "owner": .string(token.owner), "client": .text(token.client),
            "scopes": .texts(token.scopes.sorted()),
        ]
        return Answer(200, body.with("body", try? call.json()))
    }
}
