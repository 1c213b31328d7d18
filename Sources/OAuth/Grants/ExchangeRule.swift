/// How a token that somebody gave us becomes one for the provider's own API: data of its manifest.
public struct ExchangeRule: Sendable, Hashable {
    public enum Grant: String, Sendable, CaseIterable {
        /// Microsoft's on-behalf-of.
        case onBehalfOf = "on_behalf_of"
        /// RFC 8693.
        case tokenExchange = "token_exchange"
    }

    public let grant: Grant
    /// Asked for; where there are none, what the connection may do.
    public let scopes: [String]
    /// Names of those that the new token is for. RFC 8693 alone.
    public let audiences: [String]
    /// Where it is used (RFC 8707). RFC 8693 alone.
    public let resources: [Endpoint]
    /// The kind of token that is asked for. RFC 8693 alone; nil lets the server say.
    public let requested: TokenType?
    /// Whether the server wants to know who acts: then each request names the agent, by a token that we sign.
    public let namesActor: Bool

    public init(
        grant: Grant, scopes: [String] = [], audiences: [String] = [], resources: [Endpoint] = [],
        requested: TokenType? = nil, namesActor: Bool = false
    ) {
        self.grant = grant
        self.scopes = scopes
        self.audiences = audiences
        self.resources = resources
        self.requested = requested
        self.namesActor = namesActor
    }

    /// - Parameters:
    ///   - subject: the access token that is exchanged.
    ///   - clientID: ours.
    ///   - actor: nil where nobody is named.
    ///   - allowed: what the connection may do.
    public func request(
        _ subject: TokenText, clientID: String, actor: TokenText?, allowed: [String]
    ) throws(GrantFault) -> TokenRequest {
        let asked = scopes.isEmpty ? allowed : scopes
        switch grant {
        case .onBehalfOf:
            return try .onBehalfOf(try UserToken(subject, for: clientID), scopes: asked, refreshable: false)
        case .tokenExchange:
            var exchange = exchange(subject, actor)
            exchange.audiences = audiences
            exchange.resources = resources
            exchange.scopes = asked
            return .exchange(exchange)
        }
    }

    /// Whether what came back is what was asked for.
    public func check(_ answer: TokenAnswer, of subject: TokenText) throws(GrantFault) {
        // A server that hands the same token back has exchanged nothing.
        guard answer.access != subject else { throw .issuedType }
        switch grant {
        case .onBehalfOf: break
        case .tokenExchange: try exchange(subject, nil).check(answer)
        }
    }

    private func exchange(_ subject: TokenText, _ actor: TokenText?) -> TokenExchange {
        TokenExchange(
            subject: TypedToken(subject, .access), actor: actor.map { TypedToken($0, .jwt) }, requested: requested)
    }
}
