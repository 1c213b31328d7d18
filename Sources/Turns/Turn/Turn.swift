public import Authority
public import Gate
public import Wire

public enum TurnKind {}
public typealias TurnID = ID<TurnKind>

/// One run of an agent on one message. Its steps are kept beside it, each durable before the next.
public struct Turn: Sendable, Hashable {
    public let id: TurnID
    public let account: ChannelAccountID
    public let conversation: ConversationID
    /// The message that it began with, whose words are its first step.
    public let message: InboxID
    public let agent: AgentID
    public let requester: Requester
    /// Who wrote, as the channel knows them; nil where people have signed in.
    public let sender: SenderID?
    public let place: Place
    /// What the channel needs to answer.
    public let reply: JSONObject
    public let began: Timestamp
    public var state: TurnState
    /// How many steps are kept. The next one's number, and what makes two writers of it exclude each other.
    public var steps: Int
    /// When its last step was kept.
    public var touched: Timestamp
    /// What its calls may do at the most.
    public let ceiling: EffectSet
    /// What its session had seen by its last step: what is told of it later rests on that.
    public var labels = Labels.fresh
    /// When a parked one was looked at last.
    public var looked: Timestamp?
    /// How often it couldn't go on since its last step.
    public var attempts = 0
    /// Nothing is done with it before; nil for at once.
    public var notBefore: Timestamp?
    /// Why it couldn't go on last. One that failed with a reason can be tried again.
    public var reason: String?

    public init(
        id: TurnID, account: ChannelAccountID, conversation: ConversationID, message: InboxID, agent: AgentID,
        requester: Requester,
        sender: SenderID?, place: Place, reply: JSONObject, began: Timestamp, state: TurnState = .ready, steps: Int = 0,
        touched: Timestamp? = nil, ceiling: EffectSet = .all
    ) {
        self.id = id
        self.account = account
        self.conversation = conversation
        self.message = message
        self.agent = agent
        self.requester = requester
        self.sender = sender
        self.place = place
        self.reply = reply
        self.began = began
        self.state = state
        self.steps = steps
        self.touched = touched ?? began
        self.ceiling = ceiling
    }

    public var session: SessionKey { conversation.session(of: requester, with: agent, through: account) }

    /// Whether what is said in it goes to whoever wrote.
    var isAnswered: Bool { requester.person != nil || account.kind.nature.answersGuests }

    /// Where a step is kept. The first, 0, is the message as it was taken.
    public func payload(of step: Int) -> String {
        step == 0 ? InboxEntry.payload(of: message) : "\(id)/\(step)"
    }

    /// Of all its steps, and of what came with the message.
    var payloads: [String] {
        (0..<max(steps, 1)).map(payload(of:)) + [InboxEntry.files(of: message)]
    }
}

/// Where a turn stands.
public enum TurnState: Sendable, Hashable {
    /// Something can be done now.
    case ready
    /// Until somebody has answered or connected, or it takes too long.
    case parked(TurnWait)
    case ended(TurnEnding)

    public var name: String {
        switch self {
        case .ready: "ready"
        case .parked: "parked"
        case .ended(let ending): ending.rawValue
        }
    }
}

/// What a parked turn waits for.
public enum TurnWait: Sendable, Hashable {
    case approval(ApprovalID)
    /// That the identical call isn't refused for want of a connection any more.
    case connection
}

public enum TurnEnding: String, Sendable, CaseIterable {
    case answered
    /// Somebody said stop.
    case stopped
    /// No model answered, or a limit was reached. It was said in the conversation.
    case failed
    /// What it waited for didn't come in time.
    case expired
}
