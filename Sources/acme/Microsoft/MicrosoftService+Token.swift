import Foundation

extension MicrosoftService {
    static let assertionGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    static let deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
    /// Ninety days.
    private static let refreshSeconds = 7_776_000

    func aboutToken(_ call: Call) -> Party {
        let form = call.form
        let client = PresentedClient(call, id: form["client_id"], secret: nil).id.flatMap(desk.client)?.id
        var party = desk.party(
            client: client, grant: form["grant_type"], code: form["code"], refresh: form["refresh_token"],
            device: form["device_code"])
        if let assertion = form["assertion"] { party.owner = desk.token(assertion).party.owner }
        return party
    }

    func token(_ call: Call) throws(Answer) -> Answer {
        try Entra.check(call)
        let form = call.form
        let client = try client(call)
        switch form["grant_type"] {
        case "authorization_code": return try redeem(call, form, client)
        case "refresh_token": return try refresh(call, form, client)
        case "client_credentials": return try actAlone(call, form, client)
        case Self.assertionGrant: return try actOnBehalf(call, form, client)
        case Self.deviceGrant: return try poll(call, form, client)
        case nil:
            throw Entra.no(400, "invalid_request", 900_144, "The request body must contain 'grant_type'.")
        default: throw Entra.no(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        }
    }

    private func redeem(_ call: Call, _ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let now = desk.now
        let code: AuthorizationCode
        do {
            code = try desk.step { book throws(CodeFault) in
                try book.redeem(
                    form["code"] ?? "", client: client.id, redirectURI: form["redirect_uri"],
                    verifier: form["code_verifier"], now: now)
            }
        } catch {
            throw error.entra
        }
        let family = desk.step { $0[family: code.family] }
        // What is wanted of a sign-in, is for one API's tokens.
        if try Entra.split(family.scopes).api == Entra.graph { try checkAccess(family.owner) }
        return try answer(call, family, asked: family.scopes, nonce: code.nonce)
    }

    /// Another refresh token is issued, and the one that came stays good.
    private func refresh(_ call: Call, _ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let now = desk.now
        let family: Family
        do {
            (family, _) = try desk.step { book throws(RefreshFault) in
                try book.spend(form["refresh_token"] ?? "", client: client.id, .adds, now: now)
            }
        } catch {
            throw error.entra
        }
        try checkAccess(family.owner)
        let asked = form["scope"].map { $0.split(separator: " ").map(String.init) } ?? family.scopes
        let consented = Set(family.scopes.map(Entra.bare))
        guard Set(asked.map(Entra.bare)).subtracting(Entra.identity).isSubset(of: consented) else {
            throw Self.unconsented
        }
        // What was consented to comes with a refresh token, whatever this request names.
        let kept = family.scopes.filter { $0 == "offline_access" || $0 == "openid" }
        return try answer(call, family, asked: asked + kept.filter { !asked.contains($0) }, nonce: nil)
    }

    private func poll(_ call: Call, _ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let now = desk.now
        let family: Family
        do {
            family = try desk.step { book throws(DeviceFault) in
                try book.poll(form["device_code"] ?? "", client: client.id, now: now)
            }
        } catch {
            throw error.entra
        }
        return try answer(call, family, asked: family.scopes, nonce: nil)
    }

    static var unconsented: Answer {
        Entra.no(
            400, "invalid_grant", 65001, "The user or administrator has not consented to use the application.",
            suberror: "consent_required")
    }

    /// Conditional Access: what the account must satisfy before it gets another token.
    func checkAccess(_ owner: String?) throws(Answer) {
        guard let account = owner.flatMap(desk.account) else { return }
        if account.isDisabled { throw Entra.grant(50057, "The user account is disabled.") }
        if let claims = account.claims {
            throw Entra.no(
                400, "interaction_required", 50076,
                "Due to a configuration change made by your administrator, you must use multi-factor authentication.",
                suberror: "basic_action", claims: claims)
        }
    }

    func answer(_ call: Call, _ family: Family, asked: [String], nonce: String?) throws(Answer) -> Answer {
        let (api, names) = try Entra.split(asked)
        let form = call.form
        let access = issue(call, family, api: api, names: names)
        let body: JSON = [
            "token_type": "Bearer", "scope": .string(asked.filter { $0 != "offline_access" }.joined(separator: " ")),
            "expires_in": .int(access.seconds), "ext_expires_in": .int(access.seconds),
            "access_token": .string(access.secret),
        ]
        let refresh =
            asked.contains("offline_access")
            ? desk.refreshToken(.microsoftRefresh, of: family, seconds: Self.refreshSeconds) : nil
        let account = family.owner.flatMap(desk.account)
        let identity = asked.contains("openid") ? account.map { idToken(call, $0, family.client, nonce) } : nil
        let info: JSON? =
            form["client_info"] == "1"
            ? account.map { account in
                let info: JSON = ["uid": .string(account.uuid("oid")), "utid": .string(Entra.tenant)]
                return .string(Base64URL.bare(Data(info.bytes)))
            } : nil
        return Answer(
            200,
            body.with("refresh_token", refresh.map(JSON.string)).with("id_token", identity.map(JSON.string))
                .with("client_info", info)
        ).unstored
    }
}
