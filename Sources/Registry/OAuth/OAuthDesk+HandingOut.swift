import Authority
import Gate
import Wire

/// New tokens of a grant, in the commit that uses up what they are for.
extension OAuthDesk {
    private func living(_ grant: OAuthGrant) async throws(OAuthRefusal) -> TokenRecord {
        let token = try await read { try await administration.store.token(grant.id) }
        guard let token, token.isAlive(at: now) else {
            throw OAuthRefusal(.invalidGrant, "what the person allowed has ended")
        }
        return token
    }

    /// - Parameters:
    ///   - end: when all of the grant's tokens end at the latest; nil for as it is.
    ///   - code: what the ID token says more of; nil for a later one.
    func handOut(
        _ grant: OAuthGrant, lasting end: Timestamp?, using use: OAuthChange, _ what: String, about code: OAuthCode?
    ) async throws(OAuthRefusal) -> IssuedTokens {
        let scope = EpochScope.client(grant.id)
        let unmoved = await administration.reading(scope)
        // Read under the epoch that the commit compares, so that what ended meanwhile stays ended.
        let record = try await living(grant)
        let token = end.map { record.lasting(until: $0) } ?? record
        let access = TokenSecret.made(TokenSecret.accessPrefix)
        let refresh = TokenSecret.made(TokenSecret.refreshPrefix)
        let lasts = min(OAuthDesk.accessSeconds, max(1, (token.expires.microseconds - now.microseconds) / 1_000_000))
        let until = min(now.adding(seconds: OAuthDesk.idleSeconds), token.expires)
        let idToken = grant.isOpenID ? try await self.idToken(for: grant, about: code, lasts: lasts) : nil
        do throws(RegistryError) {
            try await administration.commit(
                Transaction(
                    requires: [unmoved], bumps: [scope],
                    changes: [
                        use, RegistryChange.replaceToken(token),
                        OAuthChange.addToken(
                            OAuthToken(
                                hash: access.hash, kind: .access, grant: grant.id, expires: now.adding(seconds: lasts),
                                isUsed: false)),
                        OAuthChange.addToken(
                            OAuthToken(
                                hash: refresh.hash, kind: .refresh, grant: grant.id, expires: until, isUsed: false)),
                        OAuthChange.forget(until: now.adding(seconds: -OAuthDesk.rememberedSeconds), most: 100),
                    ],
                    leaves: [
                        try administration.leaf(
                            [
                                "change": .string(what), "by": .string("client:\(grant.client)"),
                                "token": .string(grant.id.raw), "person": .string(grant.person.raw),
                                "agent": .string(grant.agent.raw),
                            ], in: grant.organization)
                    ]))
        } catch {
            // Moved, or used by somebody else just then: the next look says which.
            guard error.code != .exists, error != .crossed else { throw OAuthDesk.crossed }
            throw OAuthRefusal(error)
        }
        return IssuedTokens(
            access: access.text, refresh: refresh.text, lasts: lasts, effects: token.ceiling, idToken: idToken)
    }

    private func idToken(
        for grant: OAuthGrant, about code: OAuthCode?, lasts: Int64
    ) async throws(OAuthRefusal) -> String {
        let seconds = now.microseconds / 1_000_000
        var claims: JSONObject = [
            "iss": .string(settings.issuer()), "sub": .string("\(grant.organization)/\(grant.person)"),
            "aud": .string(grant.client.raw), "iat": .number(JSONNumber(seconds)),
            "exp": .number(JSONNumber(seconds + lasts)),
        ]
        if let nonce = code?.nonce { claims["nonce"] = .string(nonce) }
        if let signedIn = code?.signedIn {
            claims["auth_time"] = .number(JSONNumber(signedIn.microseconds / 1_000_000))
        }
        let signed = claims
        return try await read { try await sign(signed) }
    }
}
