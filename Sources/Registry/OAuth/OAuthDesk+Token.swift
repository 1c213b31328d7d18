public import Authority
import Gate
import Wire

/// What the token endpoint hands out. The texts are shown once and kept nowhere.
public struct IssuedTokens: Sendable {
    public let access: String
    public let refresh: String
    /// In seconds, of the access token.
    public let lasts: Int64
    public let effects: EffectSet
    public let idToken: String?
}

/// Codes and refresh tokens become tokens. What can be used once is used in the commit that hands out what it is for.
extension OAuthDesk {
    public func issue(
        _ parameters: OAuthParameters, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> IssuedTokens {
        switch try parameters.required("grant_type") {
        case "authorization_code": try await redeem(parameters, credentials)
        case "refresh_token": try await refresh(parameters, credentials)
        default:
            throw OAuthRefusal(.unsupportedGrantType, "`grant_type` must be authorization_code or refresh_token")
        }
    }

    private func redeem(
        _ parameters: OAuthParameters, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> IssuedTokens {
        let hash = TokenSecret.hash(of: try parameters.required("code"))
        let redirect = try parameters.required("redirect_uri")
        let verifier = try parameters.required("code_verifier")
        return try await settling { () async throws(OAuthRefusal) in
            let code = try await read { try await store.oauthCode(hash) }
            guard let code, let grant = try await read({ try await store.oauthGrant(code.grant) }) else {
                try await refuseStranger(credentials)
                throw OAuthDesk.deadCode
            }
            try await check(credentials, of: grant)
            let isItsOwn = code.challenge.isMet(by: verifier)
            guard isItsOwn, grant.redirect == redirect, isFor(grant, parameters) else { throw OAuthDesk.deadCode }
            guard !code.isUsed else {
                try await endFamily(grant, "code.replayed", because: "its code was used twice")
                throw OAuthDesk.deadCode
            }
            guard now < code.expires else { throw OAuthDesk.deadCode }
            return try await handOut(
                grant, lasting: grant.created.adding(seconds: OAuthDesk.longestSeconds), using: .useCode(hash),
                "client.signed-in", nonce: code.nonce)
        }
    }

    private func refresh(
        _ parameters: OAuthParameters, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> IssuedTokens {
        let hash = TokenSecret.hash(of: try parameters.required("refresh_token"))
        return try await settling { () async throws(OAuthRefusal) in
            let found = try await read { try await store.oauthToken(hash) }
            guard let found, found.kind == .refresh,
                let grant = try await read({ try await store.oauthGrant(found.grant) })
            else {
                try await refuseStranger(credentials)
                throw OAuthDesk.deadRefresh
            }
            try await check(credentials, of: grant)
            guard isFor(grant, parameters) else {
                throw OAuthRefusal(.invalidTarget, "`resource` isn't the one that this was given for")
            }
            guard !found.isUsed else {
                try await endFamily(grant, "refresh.replayed", because: "a refresh token was used twice")
                throw OAuthDesk.deadRefresh
            }
            guard now < found.expires else { throw OAuthDesk.deadRefresh }
            if let asked = try OAuthScope(parameters["scope"]).effects, !grant.effects.isSuperset(of: asked) {
                throw OAuthRefusal(.invalidScope, "a refresh never widens what the person allowed")
            }
            return try await handOut(grant, lasting: nil, using: .useToken(hash), "client.refreshed", nonce: nil)
        }
    }

    static let deadCode = OAuthRefusal(.invalidGrant, "this code is unknown, used, too old, or not for this request")
    static let deadRefresh = OAuthRefusal(.invalidGrant, "this refresh token is unknown, used or too old")

    /// Does it anew while others commit in between.
    private func settling(
        _ body: () async throws(OAuthRefusal) -> IssuedTokens
    ) async throws(OAuthRefusal) -> IssuedTokens {
        for _ in 0..<16 {
            do throws(OAuthRefusal) {
                return try await body()
            } catch {
                guard error == OAuthDesk.crossed else { throw error }
            }
        }
        throw OAuthRefusal(.unavailable, "too much changed at the same time")
    }

    private static let crossed = OAuthRefusal(.unavailable, "something else changed at the same time")

    private func isFor(_ grant: OAuthGrant, _ parameters: OAuthParameters) -> Bool {
        parameters.resources.allSatisfy { $0 == grant.resource }
    }

    private func living(_ grant: OAuthGrant) async throws(OAuthRefusal) -> TokenRecord {
        let token = try await read { try await administration.store.token(grant.id) }
        guard let token, token.isAlive(at: now) else {
            throw OAuthRefusal(.invalidGrant, "what the person allowed has ended")
        }
        return token
    }

    /// - Parameter end: when all of the grant's tokens end at the latest; nil for as it is.
    private func handOut(
        _ grant: OAuthGrant, lasting end: Timestamp?, using use: OAuthChange, _ what: String, nonce: String?
    ) async throws(OAuthRefusal) -> IssuedTokens {
        let scope = EpochScope.client(grant.id)
        let unmoved = administration.reading(scope)
        // Read under the epoch that the commit compares, so that what ended meanwhile stays ended.
        let record = try await living(grant)
        let token = end.map { record.lasting(until: $0) } ?? record
        let access = TokenSecret.made(TokenSecret.accessPrefix)
        let refresh = TokenSecret.made(TokenSecret.refreshPrefix)
        let lasts = min(OAuthDesk.accessSeconds, max(1, (token.expires.microseconds - now.microseconds) / 1_000_000))
        let until = min(now.adding(seconds: OAuthDesk.idleSeconds), token.expires)
        let idToken = grant.isOpenID ? try await self.idToken(for: grant, nonce: nonce, lasts: lasts) : nil
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
        for grant: OAuthGrant, nonce: String?, lasts: Int64
    ) async throws(OAuthRefusal) -> String {
        let seconds = now.microseconds / 1_000_000
        var claims: JSONObject = [
            "iss": .string(settings.issuer()), "sub": .string("\(grant.organization)/\(grant.person)"),
            "aud": .string(grant.client.raw), "iat": .number(JSONNumber(seconds)),
            "exp": .number(JSONNumber(seconds + lasts)),
        ]
        if let nonce { claims["nonce"] = .string(nonce) }
        let signed = claims
        return try await read { try await sign(signed) }
    }
}
