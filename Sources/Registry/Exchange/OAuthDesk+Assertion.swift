import Authority
import OpenID
import Wire

/// An identity provider's leave for a client becomes a token (enterprise-managed authorization).
extension OAuthDesk {
    func redeemAssertion(
        _ parameters: OAuthParameters, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> IssuedTokens {
        let text = parameters["assertion"]
        // Which organization's client this has to be is what the assertion says: else it is refused in any case.
        let client = try await bearer(credentials, of: text.flatMap { UnverifiedToken($0)?.resource })
        return try await noting("jwt-bearer", client) { notes throws(OAuthRefusal) in
            guard let text else { throw OAuthRefusal(.invalidRequest, "`assertion` is missing") }
            let asked = try OAuthScope(parameters["scope"])
            let issuer = try await issuer(of: text, in: client.organization, .invalidGrant)
            notes.issuer = issuer
            guard issuer.grantsAccess else {
                throw OAuthRefusal(.invalidGrant, "no leave of this issuer is taken here")
            }
            let (audience, seconds) = (settings.issuer(), now.microseconds / 1_000_000)
            let token = try await withKeys(of: issuer, for: client, .invalidGrant) { keys throws(TokenRefusal) in
                try IdentityAssertion(
                    text, from: issuer.source, keys: keys, audience: audience, client: client.id.raw, now: seconds)
            }
            let login = Login(issuer: token.issuer, subject: token.subject)
            notes.login = login
            guard parameters.resources.allSatisfy({ $0 == token.resource }),
                let resource = AgentResource(token.resource, under: audience, home: settings.home),
                resource.organization == client.organization
            else { throw OAuthDesk.noSuchResource }
            notes.agent = resource.agent
            let word = BroughtWord(
                client: client, issuer: issuer, login: login, resource: resource,
                effects: try effects(of: token, asked), until: now.adding(seconds: OAuthDesk.exchangedSeconds),
                spending: BroughtWord.once(token.id, of: issuer, until: token.until), history: token.history, type: nil,
                change: "client.granted", code: .invalidGrant)
            return try await handOut(word, &notes)
        }
    }

    /// What the provider lets the client do and the client asks for; nil for all that the agent does.
    private func effects(
        of token: IdentityAssertion, _ asked: OAuthScope
    ) throws(OAuthRefusal) -> EffectSet? {
        guard let scope = token.scope else { return asked.effects }
        let words = scope.split(separator: " ").compactMap { Effect(rawValue: String($0)) }
        let given = words.reduce(into: EffectSet()) { $0.formUnion(EffectSet($1)) }
        return given.intersection(asked.effects ?? .all)
    }
}
