/// How a model server is spoken to.
public enum ModelProtocol: String, Sendable, CaseIterable {
    /// Anthropic's Messages.
    case anthropic
    /// OpenAI's Chat Completions, which vLLM, Ollama and llama.cpp speak too.
    case chat = "openai-chat"
    /// OpenAI's Responses.
    case responses = "openai-responses"
    /// No model: tool calls that are written out in the message are made, and it says so.
    case offline
}

/// Whose key a model is asked with. Never a person's: everybody's conversations are asked with it.
public enum ModelKeyOwner: String, Sendable, CaseIterable {
    /// The agent that asks, and no other.
    case agent
    case organization
}

/// The slot that a model's key comes from: `anthropic:agent`.
public struct ModelKey: Hashable, Sendable {
    public let provider: ProviderID
    public let owner: ModelKeyOwner

    public init(provider: ProviderID, owner: ModelKeyOwner) {
        self.provider = provider
        self.owner = owner
    }

    public var text: String { "\(provider):\(owner.rawValue)" }

    /// The only owner whose connection may fill it.
    public func owner(for agent: AgentID) -> Owner {
        switch owner {
        case .agent: .agent(agent)
        case .organization: .organization
        }
    }
}

/// A place where a model is asked, as a definition names it: one of an agent's, or of an organization's for all agents that name
/// none. The order of a list is that in which they are asked.
public struct ModelSlot: Hashable, Sendable {
    public let name: String
    public let speaks: ModelProtocol
    /// The model's own name at that place.
    public let model: String
    /// Scheme, host and port, and the path, with or without `/v1`. Nil for a key's own host.
    public let base: String?
    /// Nil for a server that wants none.
    public let key: ModelKey?
    /// The classes of data that may go there.
    public let classes: DataClasses
    /// The most tokens that one reply may have.
    public let longestReply: Int
    /// The most tokens of a question and its reply together; nil where nobody has said.
    public let context: Int?
    /// Whether it can be shown pictures. Where nobody has said, it is shown words alone.
    public let seesPictures: Bool

    public static let usualReply = 4096

    public init(
        name: String, speaks: ModelProtocol, model: String = "", base: String? = nil, key: ModelKey? = nil,
        classes: DataClasses = [], longestReply: Int = ModelSlot.usualReply, context: Int? = nil,
        seesPictures: Bool = false
    ) {
        self.name = name
        self.speaks = speaks
        self.model = model
        self.base = base
        self.key = key
        self.classes = classes
        self.longestReply = longestReply
        self.context = context
        self.seesPictures = seesPictures
    }
}
