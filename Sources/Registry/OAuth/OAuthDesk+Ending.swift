import Authority
import Gate
public import Wire

/// Clients that give back what they have, and what others may know of a token.
extension OAuthDesk {
    /// Ends the grant that a token belongs to (RFC 7009): a client that gives back one token is signed out. A token that is
    /// unknown, dead or another client's changes nothing, and is answered alike.
    ///
    /// - Returns: whether it is a token of this client.
    @discardableResult
    public func revoke(_ token: String, _ credentials: ClientCredentials) async throws(OAuthRefusal) -> Bool {
        guard let (row, grant) = try await found(token), credentials.id == grant.client else {
            try await refuseStranger(credentials)
            return false
        }
        try await check(credentials, of: grant)
        if row.effects != nil {
            try await spend(row, of: grant)
        } else {
            try await endFamily(grant, "client.signed-out", because: "the client signed out")
        }
        return true
    }

    /// Ends one token that came of another. Its grant stays: a client could begin a session anew by ending it.
    private func spend(_ row: OAuthToken, of grant: OAuthGrant) async throws(OAuthRefusal) {
        guard !row.isUsed else { return }
        do throws(RegistryError) {
            try await administration.commit(
                Transaction(
                    bumps: [.client(grant.id)], changes: [OAuthChange.useToken(row.hash)],
                    leaves: [
                        try administration.leaf(
                            [
                                "change": "exchange.given-back", "by": .string("client:\(grant.client)"),
                                "client": .string(grant.client.raw), "person": .string(grant.person.raw),
                                "token": .string(grant.id.raw),
                            ], in: grant.organization)
                    ]))
        } catch {
            // Given back twice at once.
            guard error.code != .exists else { return }
            throw OAuthRefusal(error)
        }
    }

    /// What a token is good for (RFC 7662). For clients that have a secret, of their own tokens.
    ///
    /// - Returns: nil for a token that isn't active, or isn't this client's.
    public func introspect(
        _ token: String, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> JSONObject? {
        let found = try await found(token)
        let organization = found?.grant.client == credentials.id ? found?.grant.organization : nil
        let asking = try await read {
            try await store.oauthClient(credentials.id, in: organization ?? settings.home)
        }
        guard let asking, asking.secret != nil, credentials.areOf(asking) else {
            throw OAuthDesk.strangerRefusal
        }
        guard let (row, grant) = found, grant.client == asking.id, !row.isUsed, now < row.expires else { return nil }
        let record = try await read { try await administration.store.token(grant.id) }
        guard let record, record.isAlive(at: now) else { return nil }
        var answer: JSONObject = [
            "active": true, "scope": .string(record.ceiling.intersection(row.effects ?? .all).scope),
            "client_id": .string(grant.client.raw),
            "sub": .string("\(grant.organization)/\(grant.person)"), "aud": .string(grant.resource),
            "iss": .string(settings.issuer()),
            "token_type": .string(row.kind == .access ? "Bearer" : "refresh_token"),
            "exp": .number(JSONNumber(min(row.expires, record.expires).microseconds / 1_000_000)),
        ]
        if row.effects != nil {
            // RFC 8693 section 4.1: the agent acts; who acted before is history.
            var actor: JSONObject = ["sub": .string(grant.resource)]
            if let actors = row.actors { actor["act"] = actors }
            answer["act"] = .object(actor)
        }
        return answer
    }

    private func found(_ token: String) async throws(OAuthRefusal) -> (row: OAuthToken, grant: OAuthGrant)? {
        let hash = TokenSecret.hash(of: token)
        guard let row = try await read({ try await store.oauthToken(hash) }),
            let grant = try await read({ try await store.oauthGrant(row.grant) })
        else { return nil }
        return (row, grant)
    }

    /// Nobody is told of a client whose secret they don't have whether a code or token is one.
    func check(_ credentials: ClientCredentials, of grant: OAuthGrant) async throws(OAuthRefusal) {
        guard credentials.id == grant.client else {
            try await refuseStranger(credentials)
            throw OAuthDesk.deadCode
        }
        let client = try await read { try await store.oauthClient(grant.client, in: grant.organization) }
        guard let client, credentials.areOf(client) else { throw OAuthDesk.strangerRefusal }
    }

    /// A client with a secret shows it, whatever it asks for.
    func refuseStranger(_ credentials: ClientCredentials) async throws(OAuthRefusal) {
        let client = try await read { try await store.oauthClient(credentials.id, in: settings.home) }
        guard let client else { return }
        guard credentials.areOf(client) else { throw OAuthDesk.strangerRefusal }
    }

    static let strangerRefusal = OAuthRefusal(
        .invalidClient, "the client isn't known, or doesn't show that it is itself")

    /// Ends one grant with all of its tokens. One that has ended leaves no second leaf: who holds what is dead would fill the
    /// ledger with it.
    func endFamily(
        _ grant: OAuthGrant, _ what: String, because reason: String
    ) async throws(OAuthRefusal) {
        do throws(RegistryError) {
            try await administration.again { () async throws(RegistryError) in
                let record = try await administration.read { try await administration.store.token(grant.id) }
                guard record?.state == .active else { return }
                try await end(
                    [grant.id], because: reason, under: [],
                    [
                        "change": .string(what), "by": .string("client:\(grant.client)"),
                        "client": .string(grant.client.raw), "person": .string(grant.person.raw),
                        "because": .string(reason),
                    ], in: grant.organization)
            }
        } catch {
            throw OAuthRefusal(error)
        }
    }
}
