public import Authority

/// Whoever a token speaks for.
public struct AuthenticatedClient: Sendable, Hashable {
    public let client: ClientID
    public let organization: OrganizationID
    public let person: PersonID
    public let agents: Set<AgentID>
    /// The one URL that the authorization server gave its token for; nil for a token that was made by hand.
    public let audience: String?
    /// What this token may do at the most; what its client may do at the most is narrower or not.
    public let ceiling: EffectSet
    /// What its person lets it do now, for a client that is told what would be enough. The gate reads for itself.
    public let allowed: EffectSet
    public let surface: TokenSurface

    public init(
        client: ClientID, organization: OrganizationID, person: PersonID, agents: Set<AgentID>,
        audience: String? = nil, ceiling: EffectSet = .all, allowed: EffectSet = .all, surface: TokenSurface = .mcp
    ) {
        self.client = client
        self.organization = organization
        self.person = person
        self.agents = agents
        self.audience = audience
        self.ceiling = ceiling
        self.allowed = allowed
        self.surface = surface
    }
}

/// Turns a bearer token for `/mcp` or `/v1` into the client that it belongs to.
public protocol TokenAuthentication: Sendable {
    /// Nil for a token that is unknown, expired, revoked, or only a code to take one up.
    func client(bearing token: String) async throws -> AuthenticatedClient?
}
