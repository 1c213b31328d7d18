extension StrictService {
    func aboutToken(_ call: Call) -> Party {
        let form = call.form
        let signer = form["client_assertion"].flatMap(JWT.init)?.claims["iss"]?.text
        let client = (PresentedClient(call, id: form["client_id"], secret: nil).id ?? signer).flatMap(desk.client)?.id
        var party = desk.party(
            client: client, grant: form["grant_type"], code: form["code"], refresh: form["refresh_token"],
            device: form["device_code"])
        if let owner = aboutAssertion(form) { party.owner = owner }
        return party
    }

    func token(_ call: Call) throws(Answer) -> Answer {
        let form = call.form
        if let name = form.repeated.first { throw .oauth(400, "invalid_request", "`\(name)` came more than once") }
        let client = try client(call)
        switch form["grant_type"] {
        case "authorization_code": return try redeem(form, client)
        case "refresh_token": return try refresh(form, client)
        case "client_credentials": return try actAlone(form, client)
        case Self.deviceGrant: return try poll(form, client)
        case Self.exchangeGrant: return try exchange(call, form, client)
        case Self.bearerGrant: return try assert(call, form, client)
        case nil: throw .oauth(400, "invalid_request", "`grant_type` is missing")
        default: throw .oauth(400, "unsupported_grant_type", "this grant is not supported")
        }
    }

    /// The app that calls, by one method of authentication (RFC 6749 §2.3).
    func client(_ call: Call) throws(Answer) -> OAuthClient {
        let form = call.form
        let presented = PresentedClient(call, id: form["client_id"], secret: form["client_secret"])
        guard !presented.isTwice else {
            throw .oauth(400, "invalid_request", "only one method of client authentication is allowed")
        }
        if form["client_assertion"] != nil { return try signer(form, call) }
        guard let client = presented.verified(by: desk), client.keys.isEmpty else {
            let answer = Answer.oauth(401, "invalid_client", "the app is unknown or its secret is wrong")
            throw presented.isBasic ? answer.adding("WWW-Authenticate", "Basic realm=\"strict\"") : answer
        }
        return client
    }

    private func redeem(_ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let now = desk.now
        do {
            let family = try desk.step { book throws(CodeFault) in
                let code = try book.redeem(
                    form["code"] ?? "", client: client.id, redirectURI: form["redirect_uri"],
                    verifier: form["code_verifier"], now: now)
                return book[family: code.family]
            }
            return answer(family, refreshToken: knobs.now.refreshing != .none)
        } catch {
            // A code that comes twice was stolen by one of the two (RFC 6749 §4.1.2).
            if case .spent(let family) = error { desk.end(family, cause: "code replayed") }
            throw .oauth(400, "invalid_grant", error.description)
        }
    }

    private func refresh(_ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let settings = knobs.now
        let now = desk.now
        let wanted = form["scope"]?.split(separator: " ").map(String.init)
        let rotation: Rotation =
            settings.refreshing == .rotates ? .replaces(leeway: settings.leewaySeconds) : .none
        if let wanted, let granted = self.family(of: form["refresh_token"] ?? "")?.scopes,
            !Set(wanted).isSubset(of: granted)
        {
            throw .oauth(400, "invalid_scope", "a refresh can't widen what was granted")
        }
        let family: Family
        do {
            (family, _) = try desk.step { book throws(RefreshFault) in
                try book.spend(form["refresh_token"] ?? "", client: client.id, rotation, now: now)
            }
        } catch {
            if case .reused(let family) = error { desk.end(family, cause: "refresh token reused") }
            throw .oauth(400, "invalid_grant", error.description)
        }
        if settings.endsOldAccess { desk.revokeAccess(of: family.id) }
        return answer(family, scopes: wanted, refreshToken: settings.refreshing == .rotates)
    }

    private func actAlone(_ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        guard !client.isPublic else { throw .oauth(400, "unauthorized_client", "a public app can't act alone") }
        let scopes = (form["scope"] ?? "").split(separator: " ").map(String.init)
        guard client.mayAsk(for: scopes) else { throw .oauth(400, "invalid_scope", "the app may not have this scope") }
        let now = desk.now
        let family = desk.step { $0.begin(client: client.id, owner: nil, scopes: scopes, now: now) }
        return answer(family, refreshToken: false)
    }

    private func poll(_ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let now = desk.now
        do {
            let family = try desk.step { book throws(DeviceFault) in
                try book.poll(form["device_code"] ?? "", client: client.id, now: now)
            }
            return answer(family, refreshToken: knobs.now.refreshing != .none)
        } catch {
            throw error.answer
        }
    }

    /// The answer that holds the tokens (RFC 6749 §5.1).
    func answer(_ family: Family, scopes: [String]? = nil, refreshToken: Bool) -> Answer {
        let settings = knobs.now
        let granted = Self.grantable(scopes ?? family.scopes, settings)
        let access = SecretShape.strict.mint()
        desk.issue(
            access, of: family, owner: family.owner ?? family.client, scopes: Set(granted),
            seconds: settings.accessSeconds)
        let body: JSON = ["access_token": .string(access), "token_type": "Bearer"]
        let lifetime: JSON? =
            switch settings.lifetime {
            case .number: .int(settings.accessSeconds)
            case .string: .string(String(settings.accessSeconds))
            case .absent: nil
            }
        let refresh =
            refreshToken ? desk.refreshToken(.strictRefresh, of: family, seconds: settings.refreshSeconds) : nil
        return Answer(
            200,
            body.with("expires_in", lifetime).with("refresh_token", refresh.map(JSON.string))
                .with("scope", .string(granted.joined(separator: " ")))
        ).unstored
    }
}

extension DeviceFault {
    /// RFC 8628 §3.5.
    fileprivate var answer: Answer {
        switch self {
        case .unknown: .oauth(400, "invalid_grant", "the device code is unknown or was used")
        case .pending: .oauth(400, "authorization_pending", "nobody has decided yet")
        case .tooSoon: .oauth(400, "slow_down", "polls come too fast")
        case .denied: .oauth(400, "access_denied", "the person said no")
        case .expired: .oauth(400, "expired_token", "the device code has expired")
        }
    }
}
