public import Authority
public import Gate

/// What a turn has to know of its agent.
public protocol AgentProfiles: Sendable {
    /// Nil when there is no such agent any more.
    func profile(of agent: AgentID, in organization: OrganizationID) async throws -> AgentProfile?
}

public struct AgentProfile: Sendable, Hashable {
    /// The agent's documents, as a model is shown them.
    public let system: String
    /// Where its model is asked, first choice first.
    public let models: [ModelSlot]
    /// Whether everybody in the organization may ask the agent anyway, and it answers with accounts of its own: then what it
    /// reads with them is for all of them.
    public let isOpen: Bool
    /// Tokens that it may use on one day, of all its turns; nil for no limit.
    public let tokensPerDay: Int?
    /// Tokens that it may use on one day for one requester; nil for no limit.
    public let tokensPerPersonPerDay: Int?

    public init(
        system: String, models: [ModelSlot], isOpen: Bool, tokensPerDay: Int? = nil,
        tokensPerPersonPerDay: Int? = nil
    ) {
        self.system = system
        self.models = models
        self.isOpen = isOpen
        self.tokensPerDay = tokensPerDay
        self.tokensPerPersonPerDay = tokensPerPersonPerDay
    }
}

/// The gate's answers in words.
public protocol AnswerWords: Sendable {
    /// Nil when there is no such tool, or none that this requester may see.
    func words(for answer: Answer, to request: ToolCallRequest) async -> AnswerText?

    /// What this person is shown of a call that waits for them, drawn from the call. Nil when they can't answer it.
    func approval(_ id: ApprovalID, for person: PersonID) async -> ApprovalNotice?
}

public struct AnswerText: Sendable, Hashable {
    public let text: String
    public let isError: Bool
    /// The page where a person does what is asked for. It gives nobody anything.
    public let link: String?
    /// What a person is told of it, where that isn't what a model is told.
    public let told: String?

    public init(text: String, isError: Bool, link: String?, told: String? = nil) {
        self.text = text
        self.isError = isError
        self.link = link
        self.told = told
    }
}

/// What becomes of a message, by who wrote it and where.
public protocol Reception: Sendable {
    func receive(_ message: InboundMessage) async throws -> Received

    /// Whether whoever the turn acts for is still who wrote. A turn may wait for days, and a sender be somebody else's by then.
    func isStill(_ requester: Requester, _ sender: SenderID?, in organization: OrganizationID) async throws -> Bool
}

public enum Received: Sendable, Hashable {
    /// A turn of this agent, for this requester.
    case turn(AgentID, Requester, SenderID?)
    /// Nothing: it isn't for an agent, or nobody is to be told. The reason is kept.
    case ignored(String)
    /// The sender is told this, privately, and no turn begins.
    case told(OutboundContent, to: SenderID?)
}
