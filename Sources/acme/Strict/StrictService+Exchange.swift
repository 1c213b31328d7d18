import Foundation

extension StrictService {
    static let exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"
    static let bearerGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    private static let accessType = "urn:ietf:params:oauth:token-type:access_token"
    private static let jwtType = "urn:ietf:params:oauth:token-type:jwt"

    /// A token for the API, for the person whose token for this app came (RFC 8693). It belongs to the same authorization.
    func exchange(_ call: Call, _ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        guard !client.isPublic else { throw .oauth(400, "unauthorized_client", "a public app exchanges nothing") }
        let settings = knobs.now
        guard form["subject_token_type"] == Self.accessType,
            form["requested_token_type"] ?? Self.accessType == Self.accessType
        else { throw .oauth(400, "invalid_request", "only access tokens are exchanged, and for access tokens") }
        guard case .good(let subject) = desk.token(form["subject_token"] ?? ""), subject.client == client.id,
            subject.audience == nil, let family = self.family(of: subject.secret)
        else { throw .oauth(400, "invalid_grant", "the subject's token isn't one of this app") }
        if settings.needsPerson { throw .oauth(400, "interaction_required", "the person has to sign in again") }
        guard form["audience"] == settings.apiAudience else {
            throw .oauth(400, "invalid_target", "`audience` must name the API")
        }
        var actor: String?
        if settings.wantsActor || form["actor_token"] != nil {
            guard form["actor_token_type"] == Self.jwtType else {
                throw .oauth(400, "invalid_request", "`actor_token` must be there, and a JWT")
            }
            actor = try signed(form["actor_token"], by: client, call).claims["sub"]?.text
        }
        let scopes = Self.grantable((form["scope"] ?? "").split(separator: " ").map(String.init), settings)
        let access = SecretShape.strict.mint()
        desk.issue(
            access, of: family, owner: settings.exchangeOwner ?? subject.owner, scopes: Set(scopes),
            seconds: settings.accessSeconds, audience: settings.apiAudience ?? "api", actor: actor)
        return Answer(
            200,
            [
                "access_token": .string(access), "token_type": "Bearer", "expires_in": .int(settings.accessSeconds),
                "issued_token_type": .string(settings.issuedType ?? Self.accessType),
                "scope": .string(scopes.joined(separator: " ")),
            ]
        ).unstored
    }

    /// A token for the account that the app's own assertion is about (RFC 7523 §2.1): the app is trusted with everybody's.
    func assert(_ call: Call, _ form: Form, _ client: OAuthClient) throws(Answer) -> Answer {
        let subject = try signed(form["assertion"], by: client, call).claims["sub"]?.text?.lowercased()
        guard let account = desk.step({ book in book.accounts.first { $0.email == subject } }), !account.isDisabled
        else {
            throw .oauth(400, "invalid_grant", "nobody has this address")
        }
        let scopes = (form["scope"] ?? "").split(separator: " ").map(String.init)
        guard client.mayAsk(for: scopes) else { throw .oauth(400, "invalid_scope", "the app may not have this scope") }
        let now = desk.now
        let family = desk.step { $0.begin(client: client.id, owner: account.owner, scopes: scopes, now: now) }
        return answer(family, refreshToken: false)
    }

    /// What this app has signed: for this issuer and nothing else, for five minutes, and once.
    private func signed(_ text: String?, by client: OAuthClient, _ call: Call) throws(Answer) -> JWT {
        let now = desk.now
        guard let jwt = text.flatMap(JWT.init), jwt.claims["iss"]?.text == client.id,
            client.keys.contains(where: { $0.signed(jwt) }), jwt.audience == desk.origin(call),
            let expires = jwt.date("exp"), expires > now, expires.timeIntervalSince(now) <= 300,
            let id = jwt.claims["jti"]?.text, desk.step({ $0.assertions.insert("\(client.id) \(id)").inserted })
        else { throw .oauth(400, "invalid_grant", "it isn't signed by this app, for this server, now and once") }
        return jwt
    }

    func aboutAssertion(_ form: Form) -> String? {
        if let token = form["subject_token"] { return desk.token(token).party.owner }
        guard let subject = form["assertion"].flatMap(JWT.init)?.claims["sub"]?.text?.lowercased() else { return nil }
        return desk.step { book in book.accounts.first { $0.email == subject }?.owner }
    }
}
