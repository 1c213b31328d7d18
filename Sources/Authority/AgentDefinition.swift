/// Who may use an agent.
public enum Users: Hashable, Sendable {
    case everyone
    case only(Set<PersonID>)
}

/// What an owner lifted: these tools, for this class of destination, need no approval by default.
public struct Lift: Hashable, Sendable {
    public let tools: String
    public let destinations: DestinationClass

    public init(tools: String, destinations: DestinationClass) {
        self.tools = tools
        self.destinations = destinations
    }
}

/// What a principal granted to somebody by name at their delegate.
public struct NamedGrant: Hashable, Sendable {
    public let principal: PersonID
    public let person: PersonID
    public let tools: String

    public init(principal: PersonID, person: PersonID, tools: String) {
        self.principal = principal
        self.person = person
        self.tools = tools
    }
}

/// How much an agent may do. Absent means no limit of its own.
public struct Budget: Hashable, Sendable {
    public var callsPerMinute: Int?
    public var callsPerDay: Int?
    /// Calls under way at the same time.
    public var concurrent: Int?
    /// Tokens of all its turns together.
    public var tokensPerDay: Int?
    /// Tokens of each person's turns, and each guest's.
    public var tokensPerPersonPerDay: Int?

    public init(
        callsPerMinute: Int? = nil, callsPerDay: Int? = nil, concurrent: Int? = nil, tokensPerDay: Int? = nil,
        tokensPerPersonPerDay: Int? = nil
    ) {
        self.callsPerMinute = callsPerMinute
        self.callsPerDay = callsPerDay
        self.concurrent = concurrent
        self.tokensPerDay = tokensPerDay
        self.tokensPerPersonPerDay = tokensPerPersonPerDay
    }

    public static let unlimited = Budget()
}

/// An agent as its owner wrote it: names and patterns, not yet checked against anything.
public struct AgentDefinition: Hashable, Sendable {
    public var organization: OrganizationID
    public var agent: AgentID
    public var owner: PersonID
    /// Until it is set the agent is listed and can do nothing.
    public var actsAs: ActsAs?
    public var tier: Tier?
    public var principals: Set<PersonID> = []
    public var users: Users
    public var approvers: Set<PersonID> = []
    public var slots: [Slot] = []
    /// Tools, globs and groups that the agent declares. They are provided when `allow` is absent.
    public var tools: [String] = []
    /// Absent: what the slots and declared tools provide. Empty: nothing.
    public var allow: [String]?
    public var deny: [String] = []
    public var guests: [String] = []
    /// Tools that need an approval beyond the defaults.
    public var ask: [String] = []
    public var lifts: [Lift] = []
    public var grants: [NamedGrant] = []
    public var budget: Budget = .unlimited
    /// Mail addresses of accounts that the agent may be where a provider takes somebody's word for whom it is: a service
    /// account's or our app's. Empty: it is nobody there.
    public var subjects: Set<String> = []
    /// Where its model is asked, first choice first. Nil: where its organization says. Empty: nowhere.
    public var models: [ModelSlot]?
    /// Classes of data that never leave the organization.
    public var restricted: DataClasses = [.contacts, .financial]

    public init(organization: OrganizationID, agent: AgentID, owner: PersonID) {
        self.organization = organization
        self.agent = agent
        self.owner = owner
        users = .only([owner])
    }
}
