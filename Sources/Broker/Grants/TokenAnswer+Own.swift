import OAuth

extension TokenAnswer {
    /// Without a refresh token, which a grant that asks anew has no use for (RFC 6749 section 4.4.3).
    var withoutRefresh: TokenAnswer {
        TokenAnswer(access: access, refresh: nil, idToken: idToken, scopes: scopes, lifetime: lifetime, about: about)
    }
}
