public import Authority

/// What the MCP server is told at start.
public struct MCPSettings: Sendable {
    /// Scheme, host and port by which we are named in metadata and challenges. Asked at every use, since a port that
    /// the system chooses is known only once it is bound. Never taken from a request.
    public var publicURL: @Sendable () -> String
    /// The organization of `/mcp/<agent>`.
    public var defaultOrganization: OrganizationID
    /// Our version, for clients to show.
    public var serverVersion: String
    /// Web pages that may speak to us besides our own.
    public var origins: AllowedOrigins
    /// The bounds of what is taken.
    public var limits: MCPLimits
    /// How long a client that came back for a call that waits is kept waiting for the person.
    public var patience = Duration.seconds(20)
    /// How this person gets the connection to a provider that this agent's call lacks.
    public var connectWay: @Sendable (ProviderID, AgentID, PersonID, OrganizationID) async -> ConnectWay = {
        _, _, _, _ in
        ConnectWay(path: nil, why: nil)
    }

    /// Makes settings; by default no foreign page may speak to us.
    public init(
        publicURL: @escaping @Sendable () -> String, defaultOrganization: OrganizationID, serverVersion: String,
        origins: AllowedOrigins = AllowedOrigins([]), limits: MCPLimits = MCPLimits()
    ) {
        self.publicURL = publicURL
        self.defaultOrganization = defaultOrganization
        self.serverVersion = serverVersion
        self.origins = origins
        self.limits = limits
    }
}

/// The bounds of the MCP server. All of them apply before anything reaches the gate or the ledger.
public struct MCPLimits: Sendable {
    /// The most bytes of one message.
    public var bodyBytes = 1 << 20
    /// The most requests of one token under way at once, those whose body is still arriving among them.
    public var requestsPerToken = 256
    /// The same of all tokens of one person together.
    public var requestsPerPerson = 1_024
    /// The most messages under way at once, of all tokens together.
    public var requestsInAll = 2_048
    /// How many requests per second a token may make over time; nil for no bound.
    public var requestsPerSecond: Double? = 100
    /// How many requests a token may make at once after a pause.
    public var burst = 200

    /// The default bounds.
    public init() {}
}
