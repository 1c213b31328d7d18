import Wire

/// A token about a person that a client brings to exchange (RFC 8693 section 2.1): verified, or it isn't made.
public struct SubjectToken: Sendable {
    public enum Kind: Sendable, CaseIterable {
        /// OpenID Connect Core 1.0 section 2.
        case idToken
        /// RFC 9068.
        case accessToken
    }

    public let issuer: String
    /// Whom it is about, by the claim that the issuer names people with.
    public let subject: String
    /// `sub`, which names a program where the token is a program's own.
    public let name: String?
    /// What names this token, where it says so.
    public let id: String?
    /// Seconds since 1970, at which it is dead.
    public let expires: Int64
    /// Who acted before, the latest first.
    public let history: [TokenActor]
    /// Who may act, where it says so.
    public let permitted: TokenActor?

    /// - Parameters:
    ///   - audiences: those of the client that brings it. What was made for another client is no business of this one.
    ///   - now: seconds since 1970.
    public init(
        _ text: String, as kind: Kind, from source: TokenSource, audiences: Set<String>, keys: KeySet, now: Int64
    ) throws(TokenRefusal) {
        let token = try SignedToken(text, allowing: source.algorithms)
        switch kind {
        case .idToken: guard token.type == nil || token.type == "jwt" else { throw .type }
        case .accessToken: guard token.type == "at+jwt" else { throw .type }
        }
        let key = try keys.key(for: token)
        guard key.verifies(token) else { throw .signature }
        let claims = try Claims(token.claims, issuer: source.issuer)
        switch kind {
        case .idToken:
            // A word that somebody signed out is no token about them.
            guard token.claims["events"] == nil else { throw .type }
            try SubjectToken.check(token.claims, for: audiences)
        case .accessToken:
            guard token.claims["client_id"]?.stringValue != nil, token.claims["jti"]?.stringValue != nil else {
                throw .type
            }
            guard !audiences.isDisjoint(with: try Claims.audiences(token.claims["aud"])) else { throw .audience }
        }
        expires = try claims.checkTimes(now: now)
        // It was taken a moment too long: what comes of it could live no longer than it does.
        guard now < expires else { throw .expired }
        try TokenSource.checkPlain(token.claims)
        issuer = source.issuer
        subject = try source.subject(token.claims)
        name = claims.subject
        id = try Claims.id(token.claims["jti"])
        history = try TokenActor.chain(token.claims["act"])
        permitted = try TokenActor.permitted(token.claims["may_act"])
    }

    /// A list of audiences says with `azp` which one of them asked for the token; without, it could be another.
    private static func check(_ claims: JSONObject, for audiences: Set<String>) throws(TokenRefusal) {
        let names = try Claims.audiences(claims["aud"])
        guard !audiences.isDisjoint(with: names) else { throw .audience }
        if let party = claims["azp"] {
            guard let name = party.stringValue, audiences.contains(name) else { throw .authorizedParty }
        } else {
            guard names.count == 1 else { throw .authorizedParty }
        }
    }
}
