public import Authority
public import Gate
import Wire

public enum OutboxKind {}
public typealias OutboxID = ID<OutboxKind>

/// A message that is to be sent, in the order of its conversation. Its words are kept sealed under ``payload``.
public struct OutboxEntry: Sendable, Hashable {
    public let id: OutboxID
    public let account: ChannelAccountID
    public let conversation: ConversationID
    /// Nil for what is said without a turn.
    public let turn: TurnID?
    public let created: Timestamp
    public var state: OutboxState
    public var attempts: Int
    public var notBefore: Timestamp
    /// How many of the requests that it takes its channel has taken.
    public var parts: Int
    /// The channel's own id of it.
    public var external: String?
    public var reason: String?
    /// The approval whose card it is, for as long as the card stands.
    public var approval: ApprovalID?
    /// Whom it was said to alone, so that it can be destroyed with what they wrote; nil for what others could read.
    public let told: String?
    /// The approval that it is about, card or not, so that it can be destroyed with that.
    public let about: ApprovalID?

    public init(
        id: OutboxID, account: ChannelAccountID, conversation: ConversationID, turn: TurnID?, created: Timestamp,
        state: OutboxState = .waiting, attempts: Int = 0, notBefore: Timestamp? = nil, parts: Int = 0,
        external: String? = nil, reason: String? = nil, approval: ApprovalID? = nil, told: String? = nil,
        about: ApprovalID? = nil
    ) {
        self.id = id
        self.account = account
        self.conversation = conversation
        self.turn = turn
        self.created = created
        self.state = state
        self.attempts = attempts
        self.notBefore = notBefore ?? created
        self.parts = parts
        self.external = external
        self.reason = reason
        self.approval = approval
        self.told = told
        self.about = about
    }

    public var payload: String { OutboxEntry.payload(of: id) }

    static func payload(of id: OutboxID) -> String { "\(id)/message" }
}

public enum OutboxState: String, Sendable, CaseIterable {
    case waiting
    /// Being sent: whether it arrives is known to nobody yet.
    case sending
    case delivered
    /// It may have arrived, and can't be sent again without saying it twice.
    case unknown
    /// It can't be delivered, for the reason beside it.
    case failed
    /// An administrator said that it needn't be delivered any more.
    case dropped

    public var isOpen: Bool {
        switch self {
        case .waiting, .sending: true
        case .delivered, .unknown, .failed, .dropped: false
        }
    }
}
