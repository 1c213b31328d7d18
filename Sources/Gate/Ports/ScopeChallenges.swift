public import Authority

/// What a provider says that a credential lacks.
public enum ScopeLack: Sendable, Hashable {
    /// `WWW-Authenticate` of a refusal, as it came.
    case challenge(String)
    /// Scopes, as the provider's answer named them.
    case named([String])
    /// It names none: what the tool needs is meant.
    case unnamed
}

/// The call that was refused for it.
public struct LackingCall: Sendable {
    public let tool: String
    public let organization: OrganizationID
    public let agent: AgentID
    /// Nil where the tool needs no connection.
    public let use: ConnectionUse?
    /// What the tool is known to need.
    public let needs: Set<String>
    /// What it may need besides, for some calls.
    public let mayNeed: Set<String>
    /// What people may be asked for at this provider, for this agent: what its tools need or may need.
    public let most: Set<String>

    public init(
        tool: String, organization: OrganizationID, agent: AgentID, use: ConnectionUse?, needs: Set<String>,
        mayNeed: Set<String> = [], most: Set<String>
    ) {
        self.tool = tool
        self.organization = organization
        self.agent = agent
        self.use = use
        self.needs = needs
        self.mayNeed = mayNeed
        self.most = most
    }
}

/// What came of what a provider said.
public enum ScopeLesson: Sendable, Hashable {
    /// It says nothing of scopes, or nothing that could be believed.
    case nothing
    /// The call is to be decided again. Where the grant is the one that was refused still, this is what it lacks for this call;
    /// none where the tool itself needs more from now on.
    case learned(Set<String>)
    /// Nobody is asked for it.
    case refused(ScopeRefusal)
}

/// A grant, and what it lacks for one call.
struct LackingGrant: Sendable, Hashable {
    let connection: ConnectionID?
    let generation: Int64?
    let scopes: Set<String>

    /// The connections with what this one lacks, if it is still the one that was refused.
    func applied(to found: [ConnectionUse], for tool: String) -> [ConnectionUse] {
        found.map { use in
            guard use.facts.id == connection, use.generation == generation, !scopes.isEmpty else { return use }
            return use.lacking(scopes, for: tool)
        }
    }
}

/// Why nobody is asked for a permission that a provider wants, and the way out.
public struct ScopeRefusal: Sendable, Hashable {
    public let message: String
    public let wayOut: String

    public init(_ message: String, wayOut: String) {
        self.message = message
        self.wayOut = wayOut
    }
}

/// What providers say that a call lacks, kept for the next decision.
public protocol ScopeChallenges: Sendable {
    func challenged(_ lack: ScopeLack, by call: LackingCall) async -> ScopeLesson
}
