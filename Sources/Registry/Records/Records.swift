public import Authority
public import Wire

/// A tenant.
public struct OrganizationRecord: Sendable, Hashable {
    public let id: OrganizationID
    public let name: String
    /// Its own mail domains, which say what is internal. In lower case.
    public let domains: [String]
    public let standing: Standing

    public init(id: OrganizationID, name: String, domains: [String], standing: Standing) {
        self.id = id
        self.name = name
        self.domains = domains
        self.standing = standing
    }
}

/// A human member of one organization.
public struct PersonRecord: Sendable, Hashable {
    public let id: PersonID
    public let organization: OrganizationID
    public let name: String
    /// Verified, in lower case.
    public let email: String
    /// The person's own ids at providers, recorded by an administrator or a directory.
    public let subjects: [ProviderID: String]
    public let standing: Standing

    public init(
        id: PersonID, organization: OrganizationID, name: String, email: String, subjects: [ProviderID: String],
        standing: Standing
    ) {
        self.id = id
        self.organization = organization
        self.name = name
        self.email = email
        self.subjects = subjects
        self.standing = standing
    }
}

/// An agent, with its definition as it was written.
public struct AgentRecord: Sendable, Hashable {
    public let id: AgentID
    public let organization: OrganizationID
    public let definition: JSON
    public let standing: Standing

    public init(id: AgentID, organization: OrganizationID, definition: JSON, standing: Standing) {
        self.id = id
        self.organization = organization
        self.definition = definition
        self.standing = standing
    }
}

public enum TokenState: String, Sendable, CaseIterable {
    /// A take-up code: the person that it is for makes a token of it, once.
    case offered
    case active
    case revoked
}

/// Where a token is taken, and nowhere else.
public enum TokenSurface: String, Sendable, CaseIterable {
    /// `/mcp`: its holder calls tools.
    case mcp
    /// `/v1`: its holder talks to agents.
    case api
}

/// A token for `/mcp` or `/v1`, or the code to take one up. The token itself is nowhere: only its hash.
public struct TokenRecord: Sendable, Hashable {
    public let id: ClientID
    public let organization: OrganizationID
    public let person: PersonID
    public let agents: Set<AgentID>
    public let label: String
    /// SHA-256 of the token or code. Both have 256 random bits, so no slow hash is needed.
    public let hash: Digest
    public let ceiling: EffectSet
    public let expires: Timestamp
    public let state: TokenState
    public let created: Timestamp
    public let surface: TokenSurface

    public init(
        id: ClientID, organization: OrganizationID, person: PersonID, agents: Set<AgentID>, label: String,
        hash: Digest, ceiling: EffectSet, expires: Timestamp, state: TokenState, created: Timestamp,
        surface: TokenSurface = .mcp
    ) {
        self.id = id
        self.organization = organization
        self.person = person
        self.agents = agents
        self.label = label
        self.hash = hash
        self.ceiling = ceiling
        self.expires = expires
        self.state = state
        self.created = created
        self.surface = surface
    }
}

/// What a person agreed to when they took up a token for an assistant.
public struct AgreementRecord: Sendable, Hashable {
    public let organization: OrganizationID
    public let person: PersonID
    public let agent: AgentID
    public let capabilities: Set<Capability>
    public let at: Timestamp

    public init(
        organization: OrganizationID, person: PersonID, agent: AgentID, capabilities: Set<Capability>, at: Timestamp
    ) {
        self.organization = organization
        self.person = person
        self.agent = agent
        self.capabilities = capabilities
        self.at = at
    }
}

extension TokenRecord {
    /// The same token, dead.
    public var revoked: TokenRecord { changed(agents: agents, state: .revoked) }

    /// The same token for fewer agents; dead when none is left.
    func without(_ agent: AgentID) -> TokenRecord {
        let left = agents.subtracting([agent])
        return left.isEmpty ? revoked : changed(agents: left, state: state)
    }

    /// The same token for fewer effects; dead when none is left.
    func narrowed(to effects: EffectSet) -> TokenRecord {
        let left = ceiling.intersection(effects)
        return left.isEmpty ? revoked : changed(agents: agents, state: state, ceiling: left)
    }

    func lasting(until moment: Timestamp) -> TokenRecord { changed(agents: agents, state: state, expires: moment) }

    public func isAlive(at now: Timestamp) -> Bool { state == .active && now < expires }

    private func changed(
        agents: Set<AgentID>, state: TokenState, ceiling: EffectSet? = nil, expires: Timestamp? = nil
    ) -> TokenRecord {
        TokenRecord(
            id: id, organization: organization, person: person, agents: agents, label: label, hash: hash,
            ceiling: ceiling ?? self.ceiling, expires: expires ?? self.expires, state: state, created: created,
            surface: surface)
    }
}
