public import Authority
import Wire

public enum InboxKind {}
public typealias InboxID = ID<InboxKind>

/// A message that was taken, until a turn has begun with it. Its words are kept sealed under ``payload``.
public struct InboxEntry: Sendable, Hashable {
    public let id: InboxID
    public let account: ChannelAccountID
    /// The channel's own id of the event: a second one with the same is refused by the store.
    public let event: String
    public let conversation: ConversationID
    /// Goes before everything that waits in its conversation.
    public let isStop: Bool
    public let received: Timestamp
    /// Whose words they are (``InboxEntry/writer(_:)``), so that they can be destroyed with all that is known of them.
    public var writer: String?
    public var state: InboxState
    public var attempts: Int
    public var notBefore: Timestamp
    /// Why it was set aside, or failed last.
    public var reason: String?

    public init(
        id: InboxID, account: ChannelAccountID, event: String, conversation: ConversationID, isStop: Bool,
        received: Timestamp, writer: String? = nil,
        state: InboxState = .waiting, attempts: Int = 0, notBefore: Timestamp? = nil, reason: String? = nil
    ) {
        self.id = id
        self.account = account
        self.event = event
        self.conversation = conversation
        self.isStop = isStop
        self.received = received
        self.writer = writer
        self.state = state
        self.attempts = attempts
        self.notBefore = notBefore ?? received
        self.reason = reason
    }

    /// A person who has signed in, or a sender by its id.
    public static func writer(_ sender: Sender) -> String {
        switch sender {
        case .person(let person): "person:\(person)"
        case .external(let id, _): id.raw
        }
    }

    public var payload: String { InboxEntry.payload(of: id) }

    static func payload(of id: InboxID) -> String { "\(id)/message" }

    /// Where its files are kept, which the gateway itself was sent.
    static func files(of id: InboxID) -> String { "\(id)/files" }

    /// All that is kept of it.
    static func payloads(of id: InboxID) -> [String] { [payload(of: id), files(of: id)] }
}

public enum InboxState: String, Sendable, CaseIterable {
    case waiting
    /// A turn began with it.
    case begun
    /// It starts no turn, for the reason beside it, and never will.
    case ignored
    /// It failed as often as it may. A person can have it tried again.
    case aside
}
