import Foundation

extension MicrosoftService {
    /// An access token for one API: sixty to ninety minutes, as Entra chooses.
    func issue(_ call: Call, _ family: Family, api: String, names: [String]) -> (secret: String, seconds: Int) {
        let seconds = Int.random(in: 3600..<5400)
        let account = family.owner.flatMap(desk.account)
        // An API's own id is the audience of its tokens, with or without `api://`.
        let audience = api.hasPrefix("api://") ? String(api.dropFirst("api://".count)) : api
        let subject = account?.uuid("oid") ?? OAuthAccount(owner: family.client).uuid("app")
        var claims = common(call, account, aud: audience, sub: subject, seconds: seconds)
            .with("azp", .string(family.client)).with("uti", .string(SecretShape.code.mint()))
        if let account {
            claims = claims.with("scp", .string(names.joined(separator: " ")))
                .with("preferred_username", .string(account.email))
        } else {
            claims = claims.with("roles", .texts(names))
        }
        let secret = key.sign(claims)
        desk.issue(
            secret, of: family, owner: family.owner ?? family.client, scopes: Set(names), seconds: seconds,
            audience: audience)
        return (secret, seconds)
    }

    func idToken(_ call: Call, _ account: OAuthAccount, _ client: String, _ nonce: String?) -> String {
        key.sign(
            common(call, account, aud: client, sub: account.uuid("pairwise \(client)"), seconds: 3600)
                .with("oid", .string(account.uuid("oid"))).with("preferred_username", .string(account.email))
                .with("name", .string(account.owner.capitalized)).with("nonce", nonce.map(JSON.string)))
    }

    private func common(_ call: Call, _ account: OAuthAccount?, aud: String, sub: String, seconds: Int) -> JSON {
        let now = Int(desk.now.timeIntervalSince1970)
        let tenant = account?.tenant ?? Entra.tenant
        return [
            "iss": .string("\(desk.origin(call))/\(tenant)/v2.0"), "aud": .string(aud), "sub": .string(sub),
            "oid": .string(sub), "tid": .string(tenant), "iat": .int(now), "nbf": .int(now),
            "exp": .int(now + seconds), "ver": "2.0",
        ]
    }

    /// An app in its own name: the roles that the administrator gave it, for one API.
    func actAlone(_ call: Call, _ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let scope = form["scope"] ?? ""
        guard scope.hasSuffix("/.default"), !scope.contains(" ") else {
            throw Entra.no(
                400, "invalid_scope", 1_002_012,
                "Client credential flows must have a scope value with /.default suffixed to the resource identifier.")
        }
        guard !client.isPublic else { throw Self.unproved }
        let now = desk.now
        let api = String(scope.dropLast("/.default".count))
        let family = desk.step { $0.begin(client: client.id, owner: nil, scopes: client.roles, now: now) }
        let access = issue(call, family, api: api, names: client.roles)
        return Answer(
            200,
            [
                "token_type": "Bearer", "expires_in": .int(access.seconds), "ext_expires_in": .int(access.seconds),
                "access_token": .string(access.secret),
            ]
        ).unstored
    }

    /// A token for another API, for the person whose token for this app came (on-behalf-of).
    func actOnBehalf(_ call: Call, _ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        guard form["requested_token_use"] == "on_behalf_of" else {
            throw Entra.no(400, "invalid_request", 900_144, "The request body must contain 'requested_token_use'.")
        }
        guard !client.isPublic else { throw Self.unproved }
        let assertion: Token
        switch desk.token(form["assertion"] ?? "") {
        case .good(let token): assertion = token
        case .expired: throw Entra.grant(500_133, "Assertion is not within its valid time range.")
        case .absent, .unknown, .revoked: throw Entra.grant(50013, "Assertion failed signature validation.")
        }
        guard assertion.audience == client.id else {
            throw Entra.grant(
                500_131, "Assertion audience does not match the Client app presenting the assertion.")
        }
        guard let account = desk.account(assertion.owner) else {
            throw Entra.grant(50027, "The assertion is an app's own: only users' tokens can be acted upon.")
        }
        try checkAccess(account.owner)
        let asked = (form["scope"] ?? "").split(separator: " ").map(String.init)
        let (api, names) = try Entra.split(asked)
        guard !names.isEmpty else {
            throw Entra.no(
                400, "invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid.")
        }
        let granted = names == [".default"] ? (client.scopes ?? []).sorted() : names
        guard client.mayAsk(for: granted) else { throw Self.unconsented }
        let now = desk.now
        let prefix = api == Entra.graph ? "" : api + "/"
        let scopes = granted.map { prefix + $0 } + asked.filter(Entra.identity.contains)
        let family = desk.step { $0.begin(client: client.id, owner: account.owner, scopes: scopes, now: now) }
        return try answer(call, family, asked: scopes, nonce: nil)
    }
}
