public import Authority

/// Whoever a token speaks for.
public struct AuthenticatedClient: Sendable, Hashable {
    public let client: ClientID
    public let organization: OrganizationID
    public let person: PersonID
    public let agents: Set<AgentID>

    public init(client: ClientID, organization: OrganizationID, person: PersonID, agents: Set<AgentID>) {
        self.client = client
        self.organization = organization
        self.person = person
        self.agents = agents
    }
}

/// Turns a bearer token for `/mcp` into the client that it belongs to.
public protocol TokenAuthentication: Sendable {
    /// Nil for a token that is unknown, expired, revoked, or only a code to take one up.
    func client(bearing token: String) async throws -> AuthenticatedClient?
}
