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
        introspection: Endpoint?, device: Endpoint?, authentication: ClientAuthentication,
        assertions: AssertionAudience.Rule = .issuer, dialect: TokenDialect,
        parameters: [String: String], scopes: [String], refresh: RefreshRules, resource: String? = nil,
        userinfo: Endpoint? = nil, exchange: ExchangeRule? = nil
    ) {
        self.issuer = issuer
        self.namesItself = namesItself
        self.authorization = authorization
        self.token = token
        self.revocation = revocation
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
            token: moved(token), revocation: revocation.map(moved), introspection: introspection.map(moved),
            device: device.map(moved), authentication: authentication, assertions: assertions, dialect: dialect,
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
    /// Where the answer holds the tokens: its root, or Slack's `/authed_user`.
    public let root: JSONPointer
    /// What answers may put before a scope's name: Microsoft's `https://graph.microsoft.com/`.
    public let scopePrefix: String

    public init(
        encoding: Encoding = .form, separator: String = " ", scopeParameter: String = "scope",
        root: JSONPointer = .root, scopePrefix: String = ""
    ) {
        self.encoding = encoding
        self.separator = separator
        self.scopeParameter = scopeParameter
        self.root = root
        self.scopePrefix = scopePrefix
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
    }

    public let rotation: Rotation
    /// How long before its end a token is renewed, at least.
    public let marginSeconds: Int64
    /// How many may be renewed at once at this provider.
    public let concurrency: Int
    /// After how long without use a refresh token dies; nil for never.
    public let idleSeconds: Int64?

    public init(
        rotation: Rotation = .strict, marginSeconds: Int64 = 300, concurrency: Int = 4, idleSeconds: Int64? = nil
    ) {
        self.rotation = rotation
        self.marginSeconds = marginSeconds
        self.concurrency = concurrency
        self.idleSeconds = idleSeconds
    }
}
