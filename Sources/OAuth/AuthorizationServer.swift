public import Wire

/// What is known of the server that gives out a provider's tokens. Data: a provider's manifest has it as `oauth`.
public struct AuthorizationServer: Sendable, Hashable {
    /// Its name, where it has one: what `iss` of an answer is compared with (RFC 9207).
    public let issuer: String?
    /// Whether every answer names the server, so that one without a name isn't this one's.
    public let namesItself: Bool
    public let authorization: Endpoint
    public let token: Endpoint
    /// RFC 7009.
    public let revocation: Endpoint?
    /// Whether it ends all that an app has of an account when one of its tokens is revoked, as Google does.
    public let revokesAll: Bool
    /// RFC 7662.
    public let introspection: Endpoint?
    /// RFC 8628.
    public let device: Endpoint?
    /// How we say who we are, unless an app says otherwise.
    public let authentication: ClientAuthentication
    /// For whom our assertions there are made out.
    public let assertions: AssertionAudience.Rule
    public let dialect: TokenDialect
    /// Sent along when authorization is asked for, such as `access_type=offline`.
    public let parameters: [String: String]
    /// Asked for always, beside what tools need.
    public let scopes: [String]
    public let refresh: RefreshRules
    /// The one resource that its tokens are for, which every request names (RFC 8707); nil where none is named.
    public let resource: String?
    /// OpenID Connect Core 1.0 section 5.3.
    public let userinfo: Endpoint?
    /// Where its tokens are for us, and not for the API: what makes them so. Nil where they are the API's own.
    public let exchange: ExchangeRule?

    public init(
        issuer: String?, namesItself: Bool, authorization: Endpoint, token: Endpoint, revocation: Endpoint?,
        revokesAll: Bool = false, introspection: Endpoint?, device: Endpoint?, authentication: ClientAuthentication,
        assertions: AssertionAudience.Rule = .issuer, dialect: TokenDialect,
        parameters: [String: String], scopes: [String], refresh: RefreshRules, resource: String? = nil,
        userinfo: Endpoint? = nil, exchange: ExchangeRule? = nil
    ) {
        self.issuer = issuer
        self.namesItself = namesItself
        self.authorization = authorization
        self.token = token
        self.revocation = revocation
        self.revokesAll = revokesAll
        self.introspection = introspection
        self.device = device
        self.authentication = authentication
        self.assertions = assertions
        self.dialect = dialect
        self.parameters = parameters
        self.scopes = scopes
        self.refresh = refresh
        self.resource = resource
        self.userinfo = userinfo
        self.exchange = exchange
    }

    /// The same server as a home reaches it: every endpoint at this origin, with the paths that it has.
    ///
    /// - Parameter origin: scheme, host and port.
    public func at(_ origin: String) -> AuthorizationServer {
        func moved(_ endpoint: Endpoint) -> Endpoint { endpoint.at(origin) }
        return AuthorizationServer(
            issuer: issuer.map { _ in origin }, namesItself: namesItself, authorization: moved(authorization),
            token: moved(token), revocation: revocation.map(moved), revokesAll: revokesAll,
            introspection: introspection.map(moved), device: device.map(moved), authentication: authentication,
            assertions: assertions, dialect: dialect,
            parameters: parameters,
            scopes: scopes, refresh: refresh, resource: resource, userinfo: userinfo.map(moved),
            exchange: exchange)
    }
}

/// How a token endpoint departs from RFC 6749.
public struct TokenDialect: Sendable, Hashable {
    public enum Encoding: String, Sendable, CaseIterable {
        /// RFC 6749 section 4.1.3.
        case form
        /// Notion.
        case json
    }

    public let encoding: Encoding
    /// Between scopes, in what is asked and answered: a space, or a comma.
    public let separator: String
    /// The parameter that asks for scopes: `scope`, or Slack's `user_scope`.
    public let scopeParameter: String
    /// Where the answer to a code holds the tokens: its root, or Slack's `/authed_user`. A refresh answers at its root.
    public let root: JSONPointer
    /// What kinds of token can be used here, in lower case: `bearer` (RFC 6750), or Slack's `user`. Of another kind none may be
    /// used (RFC 6749 section 7.1). Nil where whoever asks looks at it.
    public let tokenTypes: Set<String>?
    /// What answers may put before a scope's name: Microsoft's `https://graph.microsoft.com/`.
    public let scopePrefix: String

    public init(
        encoding: Encoding = .form, separator: String = " ", scopeParameter: String = "scope",
        root: JSONPointer = .root, tokenTypes: Set<String>? = ["bearer"], scopePrefix: String = ""
    ) {
        self.encoding = encoding
        self.separator = separator
        self.scopeParameter = scopeParameter
        self.root = root
        self.tokenTypes = tokenTypes
        self.scopePrefix = scopePrefix
    }

    /// For an exchange, whose answer says more exactly what it is (RFC 8693 section 2.2.1): `TokenExchange.check`.
    public var ofAnyKind: TokenDialect {
        TokenDialect(
            encoding: encoding, separator: separator, scopeParameter: scopeParameter, root: root, tokenTypes: nil,
            scopePrefix: scopePrefix)
    }
}

/// What a refresh does at this provider.
public struct RefreshRules: Sendable, Hashable {
    /// What becomes of the refresh token that was used.
    public enum Rotation: String, Sendable, CaseIterable {
        /// It stays the same.
        case none
        /// A new one comes, and the old one is taken for a while.
        case lenient
        /// A new one comes, and the old one is refused from then on.
        case once
        /// A new one comes, and using the old one again may end the whole grant.
        case strict
        /// Nobody has said. An attempt that got no answer is made again, as the old token may be all there is.
        case unknown
    }

    public let rotation: Rotation
    /// How long before its end a token is renewed, at least.
    public let marginSeconds: Int64
    /// How many may be renewed at once at this provider.
    public let concurrency: Int
    /// After how long without use a refresh token dies; nil for never.
    public let idleSeconds: Int64?

    public init(
        rotation: Rotation = .unknown, marginSeconds: Int64 = 300, concurrency: Int = 4, idleSeconds: Int64? = nil
    ) {
        self.rotation = rotation
        self.marginSeconds = marginSeconds
        self.concurrency = concurrency
        self.idleSeconds = idleSeconds
    }
}
