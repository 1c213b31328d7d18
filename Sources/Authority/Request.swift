/// Whether something may act at all.
public enum Standing: String, Sendable, CaseIterable {
    case active, suspended, removed, expired
}

/// The standing of everything that this request stands on.
public struct StandingFacts: Hashable, Sendable {
    public var organization: Standing
    public var agent: Standing
    /// The requester's; `active` where the requester is no person.
    public var person: Standing
    public var client: Standing
    /// Set by an administrator: nothing acts until it is cleared.
    public var isStopped: Bool

    public init(
        organization: Standing = .active, agent: Standing = .active, person: Standing = .active,
        client: Standing = .active, isStopped: Bool = false
    ) {
        self.organization = organization
        self.agent = agent
        self.person = person
        self.client = client
        self.isStopped = isStopped
    }
}

/// The software that spoke to us: what it may reach at the most, whoever uses it.
public struct ClientFacts: Hashable, Sendable {
    public var ceiling: EffectSet
    /// The agents that its token was made for.
    public var agents: Set<AgentID>

    public init(ceiling: EffectSet, agents: Set<AgentID>) {
        self.ceiling = ceiling
        self.agents = agents
    }
}

/// What is used up of the agent's budget, this call not counted.
public struct BudgetFacts: Hashable, Sendable {
    public var callsThisMinute: Int
    public var callsToday: Int
    public var concurrent: Int

    public init(callsThisMinute: Int = 0, callsToday: Int = 0, concurrent: Int = 0) {
        self.callsThisMinute = callsThisMinute
        self.callsToday = callsToday
        self.concurrent = concurrent
    }
}

/// Everything that a decision may look at besides the mandate. Gathered by the gate; nothing here comes from a model.
public struct Request: Sendable {
    public var organization: OrganizationID
    public var requester: Requester
    public var trigger: Trigger
    public var tool: ToolIndex
    /// Nil only when asked whether a tool may be listed; then rules about arguments say nothing.
    public var facets: Facets?
    public var standing: StandingFacts
    public var client: ClientFacts
    /// What the session has seen.
    public var labels: Labels
    /// Connections at the tool's provider that could be meant. Their owner is judged here again.
    public var connections: [ConnectionFacts]
    /// What was chosen among the owner's accounts for this agent; nil when nobody ever chose.
    public var chosen: ChosenAccount?
    /// The principal's own id at the tool's provider, as an administrator or directory recorded it.
    public var subject: String?
    /// What the person agreed to for this agent; nil when they haven't agreed to anything.
    public var agreed: Set<Capability>?
    public var evidence: [Evidence]
    public var budget: BudgetFacts
    /// Standing orders of a delegate, for what nobody asks.
    public var orders: [StandingOrderFacts]
    /// Whether somebody shared the agent's use with the requester, by name, by a group or with everybody.
    public var isShared: Bool
    /// Whether somebody let the requester change what the agent remembers. Its owner may anyway.
    public var editsMemory: Bool

    public init(
        organization: OrganizationID, requester: Requester, trigger: Trigger, tool: ToolIndex, facets: Facets?,
        standing: StandingFacts, client: ClientFacts, labels: Labels, connections: [ConnectionFacts],
        chosen: ChosenAccount? = nil, subject: String? = nil, agreed: Set<Capability>? = nil,
        evidence: [Evidence] = [], budget: BudgetFacts = BudgetFacts(), orders: [StandingOrderFacts] = [],
        isShared: Bool = false,
        editsMemory: Bool = false
    ) {
        self.organization = organization
        self.requester = requester
        self.trigger = trigger
        self.tool = tool
        self.facets = facets
        self.standing = standing
        self.client = client
        self.labels = labels
        self.connections = connections
        self.chosen = chosen
        self.subject = subject
        self.agreed = agreed
        self.evidence = evidence
        self.budget = budget
        self.orders = orders
        self.isShared = isShared
        self.editsMemory = editsMemory
    }
}
