public import Authority
import Gate
import Wire

/// What the token endpoint hands out. The texts are shown once and kept nowhere.
public struct IssuedTokens: Sendable {
    public let access: String
    /// Nil where another token of the person's is exchanged instead.
    public let refresh: String?
    /// In seconds, of the access token.
    public let lasts: Int64
    public let effects: EffectSet
    public let idToken: String?
    /// What kind of token it is, said where one was exchanged (RFC 8693 section 2.2.1).
    public let type: String?

    init(
        access: String, refresh: String?, lasts: Int64, effects: EffectSet, idToken: String?, type: String? = nil
    ) {
        self.access = access
        self.refresh = refresh
        self.lasts = lasts
        self.effects = effects
        self.idToken = idToken
        self.type = type
    }
}

/// Codes and refresh tokens become tokens. What can be used once is used in the commit that hands out what it is for.
extension OAuthDesk {
    public func issue(
        _ parameters: OAuthParameters, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> IssuedTokens {
        switch try parameters.required("grant_type") {
        case "authorization_code": try await redeem(parameters, credentials)
        case "refresh_token": try await refresh(parameters, credentials)
        case ExchangeGrantType.exchange: try await exchange(parameters, credentials)
        case ExchangeGrantType.assertion: try await redeemAssertion(parameters, credentials)
        default:
            throw OAuthRefusal(
                .unsupportedGrantType,
                "`grant_type` must be one of \(OAuthDesk.grantTypes.joined(separator: ", "))")
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
                "client.signed-in", about: code)
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
            return try await handOut(grant, lasting: nil, using: .useToken(hash), "client.refreshed", about: nil)
        }
    }

    public static let grantTypes = [
        "authorization_code", "refresh_token", ExchangeGrantType.exchange, ExchangeGrantType.assertion,
    ]

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

    static let crossed = OAuthRefusal(.unavailable, "something else changed at the same time")

    private func isFor(_ grant: OAuthGrant, _ parameters: OAuthParameters) -> Bool {
        parameters.resources.allSatisfy { $0 == grant.resource }
    }
}
