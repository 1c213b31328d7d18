extension SlackService {
    /// Half a day (docs.slack.dev, token rotation).
    private static let lifetime = 43_200

    var authorizing: Authorizing {
        Authorizing(
            desk: desk,
            rules: { _ in AuthorizationRules(title: "Slack", separators: [","], scopeMembers: ["scope", "user_scope"]) }
        )
    }

    var authorization: [Operation] {
        [
            Operation(open: "slack.oauth.v2.access", about: aboutAccess, run: access),
            Operation(open: "slack.oauth.v2.exchange", about: aboutAccess, run: exchange),
            Operation(name: "slack.auth.revoke", run: revoke),
        ]
    }

    func aboutAccess(_ call: Call) -> Party {
        guard let arguments = try? SlackArguments(call) else { return Party() }
        let id = PresentedClient(call, id: arguments["client_id"], secret: nil).id
        let grant = arguments["grant_type"] ?? (arguments["code"] == nil ? nil : "authorization_code")
        return desk.party(
            client: id.flatMap(desk.client)?.id, grant: grant, code: arguments["code"],
            refresh: arguments["refresh_token"])
    }

    func client(_ call: Call, _ arguments: SlackArguments) throws(Answer) -> OAuthClient {
        let presented = PresentedClient(call, id: arguments["client_id"], secret: arguments["client_secret"])
        guard let client = presented.id.flatMap(desk.client) else { throw SlackRules.no("invalid_client_id") }
        guard client.secret == presented.secret else { throw SlackRules.no("bad_client_secret") }
        return client
    }

    private func access(_ call: Call) throws(Answer) -> Answer {
        let arguments = try SlackArguments(call)
        let client = try client(call, arguments)
        switch arguments["grant_type"] ?? "authorization_code" {
        case "authorization_code": return try redeem(arguments, client)
        case "refresh_token": return try refresh(arguments, client)
        default: throw SlackRules.no("invalid_grant_type")
        }
    }

    /// The bot's token comes at the top, the user's under `authed_user`, each with a refresh token of its own.
    private func redeem(_ arguments: SlackArguments, _ client: OAuthClient) throws(Answer) -> Answer {
        let now = desk.now
        let code: AuthorizationCode
        do {
            code = try desk.step { book throws(CodeFault) in
                // `redirect_uri` may be left out when the authorization request had none.
                let named = arguments["redirect_uri"]
                let made = book.codes[arguments["code"] ?? ""]
                let isUnnamed = named == nil && made?.request["redirect_uri"] == nil
                return try book.redeem(
                    arguments["code"] ?? "", client: client.id, redirectURI: isUnnamed ? made?.redirectURI : named,
                    verifier: arguments["code_verifier"], now: now)
            }
        } catch {
            throw SlackRules.no(error.slackCode)
        }
        let family = desk.step { $0[family: code.family] }
        let bot = SlackAuthorization.scopes(code.request["scope"])
        let user = SlackAuthorization.scopes(code.request["user_scope"])
        let owner = family.owner ?? ""
        let answer = SlackAuthorization.about(client)
        let person: JSON = ["id": .string(SlackWorld.user(owner).id)]
        let authed = user.isEmpty ? person : person.joined(with: tokens(client, family, owner, user, isBot: false))
        guard !bot.isEmpty else { return Answer(200, answer.with("authed_user", authed)) }
        return Answer(
            200,
            answer.joined(with: tokens(client, family, client.bot, bot, isBot: true)).with("authed_user", authed))
    }

    private func refresh(_ arguments: SlackArguments, _ client: OAuthClient) throws(Answer) -> Answer {
        guard client.rotates else { throw SlackRules.no("token_rotation_not_enabled") }
        let now = desk.now
        let family: Family
        let spent: RefreshToken
        do {
            (family, spent) = try desk.step { book throws(RefreshFault) in
                try book.spend(
                    arguments["refresh_token"] ?? "", client: client.id, .replaces(leeway: 0), now: now)
            }
        } catch {
            throw SlackRules.no("invalid_refresh_token")
        }
        let owner = spent.owner ?? ""
        return Answer(
            200,
            SlackAuthorization.about(client).joined(
                with: tokens(client, family, owner, spent.scopes, isBot: owner == client.bot)))
    }

    /// Gives a token without an end for one that ends and rotates, once.
    private func exchange(_ call: Call) throws(Answer) -> Answer {
        let arguments = try SlackArguments(call)
        let client = try client(call, arguments)
        guard client.rotates else { throw SlackRules.no("token_rotation_not_enabled") }
        let secret = self.secret(in: call) ?? ""
        let token: Token
        switch desk.token(secret) {
        case .good(let good): token = good
        case .revoked: throw SlackRules.no(desk.wasExchanged(secret) ? "token_already_exchanged" : "invalid_token")
        case .absent, .unknown, .expired: throw SlackRules.no("invalid_token")
        }
        guard token.expires == nil, token.client == nil || token.client == client.id else {
            throw SlackRules.no("invalid_token")
        }
        guard desk.exchange(secret) else { throw SlackRules.no("token_already_exchanged") }
        let now = desk.now
        let scopes = token.scopes.sorted()
        let family = desk.step { book in
            token.family.map { book[family: $0] }
                ?? book.begin(client: client.id, owner: token.owner, scopes: scopes, now: now)
        }
        let isBot = token.owner == client.bot
        return Answer(
            200,
            SlackAuthorization.about(client).joined(with: tokens(client, family, token.owner, scopes, isBot: isBot)))
    }

    private func revoke(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let isTest = try SlackArguments(call)["test"].map { ["1", "true"].contains($0) } ?? false
        if !isTest { desk.revoke(token) }
        return Answer(200, ["ok": true, "revoked": .bool(!isTest)])
    }

    private func tokens(
        _ client: OAuthClient, _ family: Family, _ owner: String, _ scopes: [String], isBot: Bool
    ) -> JSON {
        let plain: SecretShape = isBot ? .slackBot : .slackUser
        let secret = (client.rotates ? SecretShape.slackRotating(bot: isBot) : plain).mint()
        desk.issue(
            secret, of: family, owner: owner, scopes: Set(scopes), seconds: client.rotates ? Self.lifetime : nil)
        let body: JSON = [
            "access_token": .string(secret), "token_type": .string(isBot ? "bot" : "user"),
            "scope": .string(scopes.joined(separator: ",")),
        ]
        let said = isBot ? body.with("bot_user_id", .string(SlackWorld.user(owner).id)) : body
        guard client.rotates else { return said }
        let refresh = desk.refreshToken(.slackRefresh, of: family, owner: owner, scopes: scopes)
        return said.with("expires_in", .int(Self.lifetime)).with("refresh_token", .string(refresh))
    }
}
