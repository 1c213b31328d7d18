import Authority
import Gate
import OpenID
import Wire

/// Tokens of others become ours.
extension OAuthDesk {
    /// At the most, of what comes of an exchange.
    public static let exchangedSeconds: Int64 = 600

    /// A client exchanges its user's token for one of ours (RFC 8693).
    func exchange(
        _ parameters: OAuthParameters, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> IssuedTokens {
        let place = parameters.resources.first
        let client = try await bearer(credentials, of: place)
        return try await noting("token-exchange", client) { notes throws(OAuthRefusal) in
            let request = try ExchangeRequest(parameters)
            let resource = try self.resource(parameters)
            notes.agent = resource.agent
            guard request.audiences.allSatisfy({ $0 == place || $0 == settings.issuer() }) else {
                throw OAuthRefusal(.invalidTarget, "`audience` isn't the service that `resource` names")
            }
            let (token, issuer) = try await verified(request.subject, client, &notes)
            if let permitted = token.permitted, !isAgent(permitted, resource, client) {
                throw OAuthRefusal(.invalidRequest, "the subject token lets somebody else act, and not this agent")
            }
            if let actor = request.actor {
                var unnoted = ExchangeNotes()
                guard try await verified(actor, client, &unnoted).token.name == resource.url(under: settings.issuer())
                else { throw OAuthRefusal(.invalidRequest, "the actor token isn't this agent's") }
            }
            let login = Login(issuer: token.issuer, subject: token.subject)
            notes.login = login
            let word = BroughtWord(
                client: client, issuer: issuer, login: login, resource: resource, effects: request.scope.effects,
                until: min(
                    now.adding(seconds: OAuthDesk.exchangedSeconds),
                    Timestamp(microseconds: token.expires * 1_000_000)),
                spending: try spending(token, of: issuer), history: token.history,
                type: TokenTypeName.accessToken, change: "client.exchanged",
                code: .invalidRequest)
            return try await handOut(word, &notes)
        }
    }

    private func spending(_ token: SubjectToken, of issuer: TokenIssuer) throws(OAuthRefusal) -> SpentOnce? {
        guard issuer.isOnce else { return nil }
        guard let id = token.id else {
            throw OAuthRefusal(.invalidRequest, "the token has no `jti`, and could come twice")
        }
        return BroughtWord.once(id, of: issuer, until: token.expires + 60)
    }

    /// Who may act is named as the agent's URL; with our issuer or the client, if with more.
    private func isAgent(_ actor: TokenActor, _ resource: AgentResource, _ client: OAuthClient) -> Bool {
        actor.subject == resource.url(under: settings.issuer())
            && (actor.issuer == nil || actor.issuer == settings.issuer())
            && (actor.client == nil || actor.client == client.id.raw)
    }

    private func verified(
        _ brought: ExchangeRequest.Brought, _ client: OAuthClient, _ notes: inout ExchangeNotes
    ) async throws(OAuthRefusal) -> (token: SubjectToken, issuer: TokenIssuer) {
        let issuer = try await issuer(of: brought.text, in: client.organization, .invalidRequest)
        notes.issuer = issuer
        let (audiences, seconds) = (issuer.audiences(of: client.id), now.microseconds / 1_000_000)
        let token = try await withKeys(of: issuer, for: client, .invalidRequest) { keys throws(TokenRefusal) in
            try SubjectToken(
                brought.text, as: brought.kind, from: issuer.source, audiences: audiences, keys: keys, now: seconds)
        }
        return (token, issuer)
    }
}

/// What the two grants have in common before anything is believed.
extension OAuthDesk {
    /// The client that brings somebody's word. It has shown that it is itself, and an administrator knows it.
    ///
    /// - Parameter resource: where the token is to be used, which says in which organization the client must be known.
    func bearer(
        _ credentials: ClientCredentials, of resource: String?
    ) async throws(OAuthRefusal) -> OAuthClient {
        let place = resource.flatMap { AgentResource($0, under: settings.issuer(), home: settings.home) }
        let client = try await read {
            try await store.oauthClient(credentials.id, in: place?.organization ?? settings.home)
        }
        guard let client, credentials.areOf(client) else { throw OAuthDesk.strangerRefusal }
        guard client.bringsTokens else {
            throw OAuthRefusal(.unauthorizedClient, "this grant is for clients that an administrator gave a secret")
        }
        return client
    }

    /// Leaves a leaf when a client that is itself is refused; of very many, a count.
    func noting(
        _ grant: String, _ client: OAuthClient,
        _ body: (inout ExchangeNotes) async throws(OAuthRefusal) -> IssuedTokens
    ) async throws(OAuthRefusal) -> IssuedTokens {
        var notes = ExchangeNotes()
        let refusal: OAuthRefusal
        do throws(OAuthRefusal) { return try await body(&notes) } catch { refusal = error }
        guard refusal.code != .unavailable, let unnoted = refusalLeaves.unnoted(of: client.id, at: now) else {
            throw refusal
        }
        do throws(RegistryError) {
            var fields = notes.fields(grant, client, refusal)
            if unnoted > 0 { fields["unnoted"] = .number(JSONNumber(unnoted)) }
            try await administration.commit(
                Transaction(leaves: [try administration.leaf(fields, in: client.organization)]))
        } catch { throw OAuthRefusal(error) }
        throw refusal
    }

    /// Whose word a token says that it is.
    func issuer(
        of text: String, in organization: OrganizationID, _ code: OAuthRefusal.Code
    ) async throws(OAuthRefusal) -> TokenIssuer {
        guard let token = UnverifiedToken(text) else { throw OAuthDesk.unbelieved(.malformed, code) }
        let issuers = try await read { try await exchanges.tokenIssuers(in: organization) }
        guard let issuer = issuers.first(where: { $0.url == token.issuer }) else {
            throw OAuthDesk.unbelieved(.issuer, code)
        }
        return issuer
    }

    /// Verifies with the keys that are known; with newer ones, once, where none of them signed.
    func withKeys<Token>(
        of issuer: TokenIssuer, for client: OAuthClient, _ code: OAuthRefusal.Code,
        _ verify: (KeySet) throws(TokenRefusal) -> Token
    ) async throws(OAuthRefusal) -> Token {
        let first: TokenRefusal
        let keys = try await asking { () async throws(UnreachableKeys) in try await issuerKeys.keys(of: issuer) }
        do throws(TokenRefusal) { return try verify(keys) } catch { first = error }
        let newer = try await asking { () async throws(UnreachableKeys) in
            first == .unknownKey ? try await issuerKeys.newer(of: issuer, for: client.id) : nil
        }
        guard let newer else { throw OAuthDesk.unbelieved(first, code) }
        do throws(TokenRefusal) { return try verify(newer) } catch { throw OAuthDesk.unbelieved(error, code) }
    }

    private func asking<Value>(
        _ body: () async throws(UnreachableKeys) -> Value
    ) async throws(OAuthRefusal) -> Value {
        do throws(UnreachableKeys) {
            return try await body()
        } catch {
            throw OAuthRefusal(.unavailable, "the keys of the token's issuer can't be had")
        }
    }

    private static func unbelieved(_ refusal: TokenRefusal, _ code: OAuthRefusal.Code) -> OAuthRefusal {
        OAuthRefusal(code, "the token isn't believed: \(refusal.rawValue)")
    }
}
