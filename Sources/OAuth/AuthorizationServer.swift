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
    /// How an agent's own account is asked for, where that is another thing than a person's: Slack's bots. Nil where it is the
    /// same.
    public let agents: AgentRule?
    /// Where the answer to a code says which workspace it is for, which must be the account's own; nil where it doesn't say.
    public let tenant: JSONPointer?
    /// Where the answer to a code names the app that got it; nil where it doesn't.
    public let app: JSONPointer?
    /// How our app there replaces its own keys; nil where only people can.
    public let ownKeys: OwnKeys?

    public init(
        issuer: String?, namesItself: Bool, authorization: Endpoint, token: Endpoint, revocation: Endpoint?,
        revokesAll: Bool = false, introspection: Endpoint?, device: Endpoint?, authentication: ClientAuthentication,
        assertions: AssertionAudience.Rule = .issuer, dialect: TokenDialect,
        parameters: [String: String], scopes: [String], refresh: RefreshRules, resource: String? = nil,
        userinfo: Endpoint? = nil, exchange: ExchangeRule? = nil, agents: AgentRule? = nil, tenant: JSONPointer? = nil,
        app: JSONPointer? = nil, ownKeys: OwnKeys? = nil
    ) {
        self.ownKeys = ownKeys
        self.agents = agents
        self.tenant = tenant
        self.app = app
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

    /// What its grants are known to be of: its name, or where its tokens are given out.
    public var namedIssuer: String { issuer ?? token.origin }

    /// The same server as a home reaches it: every endpoint at this origin, with the paths that it has.
    ///
    /// - Parameter origin: scheme, host and port.
    public func at(_ origin: String) -> AuthorizationServer {
        copy(issuer: issuer.map { _ in origin }, dialect: dialect, scopes: scopes) { $0.at(origin) }
    }

    /// The same server as an agent's own account is asked for there.
    public var forAgents: AuthorizationServer {
        guard let agents else { return self }
        return copy(issuer: issuer, dialect: agents.dialect, scopes: agents.scopes) { $0 }
    }

    /// How an answer to a refresh token is read. An agent's own account may be a person's token of before; a person's never is
    /// an agent's.
    public func refreshing(isAgents: Bool) -> TokenDialect {
        guard isAgents, let agents else { return dialect }
        return agents.dialect.taking(dialect.tokenTypes)
    }

    /// The same server with another token endpoint.
    func asking(at token: Endpoint) -> AuthorizationServer {
        let own = self.token
        return copy(issuer: issuer, dialect: dialect, scopes: scopes) { $0 == own ? token : $0 }
    }

    private func copy(
        issuer: String?, dialect: TokenDialect, scopes: [String], _ moved: (Endpoint) -> Endpoint
    ) -> AuthorizationServer {
        AuthorizationServer(
            issuer: issuer, namesItself: namesItself, authorization: moved(authorization), token: moved(token),
            revocation: revocation.map(moved), revokesAll: revokesAll, introspection: introspection.map(moved),
            device: device.map(moved), authentication: authentication, assertions: assertions, dialect: dialect,
            parameters: parameters, scopes: scopes, refresh: refresh, resource: resource,
            userinfo: userinfo.map(moved), exchange: exchange, agents: agents, tenant: tenant, app: app,
            ownKeys: ownKeys.map { OwnKeys(interface: $0.interface, base: moved($0.base), scopes: $0.scopes) })
    }
}

/// How a provider is asked for an agent's own account, and how it answers.
public struct AgentRule: Sendable, Hashable {
    public let dialect: TokenDialect
    /// Asked for always, beside what tools need.
    public let scopes: [String]

    public init(dialect: TokenDialect, scopes: [String]) {
        self.dialect = dialect
        self.scopes = scopes
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
    /// Whether the revocation endpoint is no RFC 7009 one, but ends the access token that it is called with: Slack's
    /// `auth.revoke`.
    public let endsItself: Bool

    public init(
        encoding: Encoding = .form, separator: String = " ", scopeParameter: String = "scope",
        root: JSONPointer = .root, tokenTypes: Set<String>? = ["bearer"], scopePrefix: String = "",
        endsItself: Bool = false
    ) {
        self.endsItself = endsItself
        self.encoding = encoding
        self.separator = separator
        self.scopeParameter = scopeParameter
        self.root = root
        self.tokenTypes = tokenTypes
        self.scopePrefix = scopePrefix
    }

    /// Tokens of these kinds too.
    func taking(_ types: Set<String>?) -> TokenDialect {
        guard let own = tokenTypes, let types else { return ofAnyKind }
        return copy(tokenTypes: own.union(types))
    }

    /// For an exchange, whose answer says more exactly what it is (RFC 8693 section 2.2.1): `TokenExchange.check`.
    public var ofAnyKind: TokenDialect { copy(tokenTypes: nil) }

    private func copy(tokenTypes: Set<String>?) -> TokenDialect {
        TokenDialect(
            encoding: encoding, separator: separator, scopeParameter: scopeParameter, root: root,
            tokenTypes: tokenTypes, scopePrefix: scopePrefix, endsItself: endsItself)
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
