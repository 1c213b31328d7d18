import Foundation

extension GoogleService {
    static let assertionGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    /// One second less than an hour, as Google says it.
    static let lifetime = 3599

    func aboutToken(_ call: Call) -> Party {
        let form = call.form
        if form["grant_type"] == Self.assertionGrant { return aboutAssertion(form) }
        let client = PresentedClient(call, id: form["client_id"], secret: nil).id.flatMap(desk.client)?.id
        return desk.party(
            client: client, grant: form["grant_type"], code: form["code"], refresh: form["refresh_token"])
    }

    func token(_ call: Call) throws(Answer) -> Answer {
        let form = call.form
        switch form["grant_type"] {
        case Self.assertionGrant: return try assert(form)
        case "authorization_code": return try redeem(form, try client(call))
        case "refresh_token": return try refresh(form, try client(call))
        default: throw .oauth(400, "unsupported_grant_type", "Invalid grant_type: \(form["grant_type"] ?? "")")
        }
    }

    private func client(_ call: Call) throws(Answer) -> OAuthClient {
        let form = call.form
        let presented = PresentedClient(call, id: form["client_id"], secret: form["client_secret"])
        guard presented.id.flatMap(desk.client) != nil else {
            throw .oauth(401, "invalid_client", "The OAuth client was not found.")
        }
        guard let client = presented.verified(by: desk) else { throw .oauth(401, "invalid_client", "Unauthorized") }
        return client
    }

    private func redeem(_ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let now = desk.now
        let code: AuthorizationCode
        do {
            code = try desk.step { book throws(CodeFault) in
                try book.redeem(
                    form["code"] ?? "", client: client.id, redirectURI: form["redirect_uri"],
                    verifier: form["code_verifier"], now: now)
            }
        } catch {
            switch error {
            case .unknown, .expired, .spent: throw .oauth(400, "invalid_grant", "Malformed auth code.")
            case .otherRedirectURI: throw .oauth(400, "redirect_uri_mismatch", "Bad Request")
            case .missingVerifier: throw .oauth(400, "invalid_grant", "Missing code verifier.")
            case .wrongVerifier: throw .oauth(400, "invalid_grant", "Invalid code verifier.")
            }
        }
        let family = desk.step { $0[family: code.family] }
        // Only the first time, or when the person was asked again.
        let isFirst = desk.step { !$0.hasLiveRefreshToken(client: client.id, owner: family.owner) }
        let isAsked = code.request["prompt"]?.split(separator: " ").contains("consent") ?? false
        let isOffline = code.request["access_type"] == "offline" && (isFirst || isAsked)
        var body = access(family, owner: family.owner ?? "", client: client.id, nonce: code.nonce)
        if isOffline {
            body = body.with("refresh_token", .string(desk.refreshToken(.googleRefresh, of: family)))
            desk.step {
                $0.keepNewest(Self.mostRefreshTokens, client: client.id, owner: family.owner)
            }
        }
        return Answer(200, body).unstored
    }

    private func refresh(_ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let now = desk.now
        let family: Family
        do {
            (family, _) = try desk.step { book throws(RefreshFault) in
                try book.spend(form["refresh_token"] ?? "", client: client.id, .none, now: now)
            }
        } catch {
            throw .oauth(
                400, "invalid_grant", error == .unknown ? "Bad Request" : "Token has been expired or revoked.")
        }
        guard let account = desk.account(family.owner ?? ""), !account.isDisabled else {
            throw .oauth(400, "invalid_grant", "Account has been deleted")
        }
        if account.needsReauthentication {
            var answer = Answer.oauth(400, "invalid_grant", "reauth related error (invalid_rapt)")
            answer.body = answer.body?.with("error_subtype", "invalid_rapt")
            throw answer
        }
        return Answer(200, access(family, owner: account.owner, client: client.id, nonce: nil)).unstored
    }

    /// The members of an answer with an access token, and an ID token when `openid` was granted.
    func access(_ family: Family, owner: String, client: String, nonce: String?) -> JSON {
        let secret = SecretShape.google.mint()
        desk.issue(secret, of: family, owner: owner, scopes: Set(family.scopes), seconds: Self.lifetime)
        let body: JSON = [
            "access_token": .string(secret), "expires_in": .int(Self.lifetime),
            "scope": .string(family.scopes.joined(separator: " ")), "token_type": "Bearer",
        ]
        guard family.scopes.contains("openid") else { return body }
        let now = Int(desk.now.timeIntervalSince1970)
        let claims: JSON = [
            "iss": "https://accounts.google.com", "azp": .string(client), "aud": .string(client), "iat": .int(now),
            "exp": .int(now + 3600),
        ]
        return body.with(
            "id_token",
            .string(
                key.sign(
                    claims.joined(with: GoogleRules.userInfo(person(owner))).with("nonce", nonce.map(JSON.string)))))
    }
}

extension OAuthBook {
    fileprivate func liveRefreshTokens(client: String, owner: String?) -> [(secret: String, token: RefreshToken)] {
        refreshTokens.filter { _, token in
            let family = self[family: token.family]
            return token.isLive && family.client == client && family.owner == owner && family.ended == nil
        }.map { ($0.key, $0.value) }
    }

    fileprivate func hasLiveRefreshToken(client: String, owner: String?) -> Bool {
        !liveRefreshTokens(client: client, owner: owner).isEmpty
    }

    /// Drops the oldest beyond `count`.
    fileprivate mutating func keepNewest(_ count: Int, client: String, owner: String?) {
        let live = liveRefreshTokens(client: client, owner: owner).sorted { $0.token.made < $1.token.made }
        for (secret, _) in live.dropLast(count) { refreshTokens[secret]?.isLive = false }
    }
}
