import Wire

extension TokenRequest {
    static let jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

    /// RFC 7523 section 2.1: an assertion that somebody signed stands for the authorization.
    public static func bearer(
        _ assertion: TokenText, scopes: [String] = [], dialect: TokenDialect = TokenDialect()
    ) -> TokenRequest {
        TokenRequest(grant: jwtBearer, [("assertion", assertion.text)] + dialect.scopes(scopes))
    }

    /// The scopes are in the assertion, and so is who the account acts as.
    ///
    /// - Parameter now: seconds since 1970.
    public static func serviceAccount(
        _ account: ServiceAccountKey, as subject: DelegatedSubject?, scopes: [String], now: Int64
    ) throws(GrantFault) -> TokenRequest {
        bearer(try account.assertion(for: subject, scopes: scopes, now: now))
    }

    /// Microsoft's on-behalf-of: the token that a user brought to us is given for one that reaches further as the same user.
    ///
    /// - Parameter refreshable: whether a refresh token is wanted too.
    public static func onBehalfOf(
        _ user: UserToken, scopes: [String], refreshable: Bool
    ) throws(GrantFault) -> TokenRequest {
        guard !scopes.isEmpty else { throw .noScope }
        let scopes = scopes + (refreshable && !scopes.contains("offline_access") ? ["offline_access"] : [])
        return TokenRequest(
            grant: jwtBearer,
            [
                ("assertion", user.token.text), ("scope", scopes.joined(separator: " ")),
                ("requested_token_use", "on_behalf_of"),
            ])
    }
}

extension ServiceAccountKey {
    /// Google's own name in assertions, wherever its token endpoint is reached.
    static let audience = "https://oauth2.googleapis.com/token"
    /// The most that Google takes, in seconds.
    static let lifetime: Int64 = 3_600

    func assertion(
        for subject: DelegatedSubject?, scopes: [String], now: Int64
    ) throws(GrantFault) -> TokenText {
        guard !scopes.isEmpty else { throw .noScope }
        var claims: JSONObject = [
            "iat": .seconds(now), "exp": .seconds(now + ServiceAccountKey.lifetime), "iss": .string(email),
            "aud": .string(ServiceAccountKey.audience), "scope": .string(scopes.joined(separator: " ")),
        ]
        if let subject { claims["sub"] = .string(subject.mail) }
        return try SignedAssertion.sign(claims, header: [("typ", "JWT"), ("kid", .string(keyID))], by: key, .rs256)
    }
}
