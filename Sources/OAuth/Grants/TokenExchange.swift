import Wire

/// The kinds of token that are exchanged (RFC 8693 section 3, and the identity assertion's own).
public enum TokenType: String, Sendable, CaseIterable {
    case access = "urn:ietf:params:oauth:token-type:access_token"
    case refresh = "urn:ietf:params:oauth:token-type:refresh_token"
    case id = "urn:ietf:params:oauth:token-type:id_token"
    case jwt = "urn:ietf:params:oauth:token-type:jwt"
    case saml1 = "urn:ietf:params:oauth:token-type:saml1"
    case saml2 = "urn:ietf:params:oauth:token-type:saml2"
    /// An identity assertion (ID-JAG), which another server takes for an authorization.
    case identityAssertion = "urn:ietf:params:oauth:token-type:id-jag"
}

/// A token with what kind it is of.
public struct TypedToken: Sendable {
    public let token: TokenText
    public let type: TokenType

    public init(_ token: TokenText, _ type: TokenType) {
        self.token = token
        self.type = type
    }
}

/// Gives a token for another one (RFC 8693 section 2.1).
public struct TokenExchange: Sendable {
    /// On whose behalf.
    public let subject: TypedToken
    /// Who acts, where the new token is to say so. Without, it is as if the subject itself acted.
    public let actor: TypedToken?
    public var requested: TokenType?
    /// Absolute addresses without a fragment (RFC 8707).
    public var resources: [Endpoint] = []
    /// Names of those that the new token is for.
    public var audiences: [String] = []
    public var scopes: [String] = []

    public init(subject: TypedToken, actor: TypedToken? = nil, requested: TokenType? = nil) {
        self.subject = subject
        self.actor = actor
        self.requested = requested
    }

    /// Whether this is an answer to it. Section 2.2.1 requires that it says what was issued.
    public func check(_ answer: TokenAnswer) throws(GrantFault) {
        guard let issued = answer.about["issued_token_type"]?.stringValue.flatMap(TokenType.init) else {
            throw .issuedType
        }
        let kind = answer.about["token_type"]?.stringValue?.lowercased()
        switch issued {
        // A JWT may be an access token or be none, which is what `N_A` says.
        case .access: guard requested == nil || requested == .access, kind == "bearer" else { throw .issuedType }
        case .jwt: guard requested == nil || requested == .jwt else { throw .issuedType }
        case .identityAssertion:
            guard requested == .identityAssertion, kind == "n_a" else { throw .issuedType }
        case .refresh, .id, .saml1, .saml2: guard requested == issued else { throw .issuedType }
        }
    }
}

extension TokenRequest {
    public static func exchange(_ exchange: TokenExchange) -> TokenRequest {
        var fields = exchange.resources.map { (name: "resource", value: $0.url) }
        fields += exchange.audiences.map { ("audience", $0) }
        fields += TokenDialect().scopes(exchange.scopes)
        if let requested = exchange.requested { fields.append(("requested_token_type", requested.rawValue)) }
        fields += [
            ("subject_token", exchange.subject.token.text), ("subject_token_type", exchange.subject.type.rawValue),
        ]
        if let actor = exchange.actor {
            fields += [("actor_token", actor.token.text), ("actor_token_type", actor.type.rawValue)]
        }
        return TokenRequest(grant: "urn:ietf:params:oauth:grant-type:token-exchange", fields)
    }
}
