public import Authority
import Gate
public import Wire

/// Something that is said in a conversation, from the account that the conversation came in by.
public struct OutboundMessage: Sendable, Hashable {
    /// Equal for each attempt at the same message.
    public let id: String
    public let account: ChannelAccountID
    /// What the inbound message gave for answering it.
    public let reply: JSONObject
    /// Who alone may see it; nil for everybody in the place.
    public let privately: SenderID?
    /// Whom it is for if others than insiders read in the place when it is sent; nil for what anybody may read.
    public let insiders: Narrowing?
    /// The channel's own id of the message that this takes the place of, as ``DeliveryOutcome/delivered(_:)`` gave it; nil
    /// for a new one.
    public let replaces: String?
    public let content: OutboundContent
    /// What goes with the words, to the same readers.
    public var files: [OutboundFile]
    /// The channel's own id of the part before, when parts of it were taken already. It isn't kept with it.
    public var said: String?

    public init(
        id: String, account: ChannelAccountID, reply: JSONObject, privately: SenderID? = nil,
        insiders: Narrowing? = nil,
        replaces: String? = nil, content: OutboundContent, files: [OutboundFile] = []
    ) {
        self.id = id
        self.account = account
        self.reply = reply
        self.privately = privately
        self.insiders = insiders
        self.replaces = replaces
        self.content = content
        self.files = files
    }

    init(_ message: OutboundMessage, content: OutboundContent) {
        self.init(
            id: message.id, account: message.account, reply: message.reply, privately: message.privately,
            insiders: message.insiders, replaces: message.replaces, content: content, files: message.files)
        said = message.said
    }

    func told(to sender: SenderID) -> OutboundMessage {
        var message = OutboundMessage(
            id: id, account: account, reply: reply, privately: sender, replaces: replaces, content: content,
            files: files)
        message.said = said
        return message
    }
}

public enum OutboundContent: Sendable, Hashable {
    /// A model's words: shown as text, with nothing in them that a click or a glance would send anywhere.
    case words(String)
    /// Our own words, and a link that gives nobody anything.
    case notice(String, link: String?)
    /// An approval, drawn by us from the exact call.
    case approval(ApprovalNotice)

    /// Whose card it is.
    var approval: ApprovalID? {
        switch self {
        case .words, .notice: nil
        case .approval(let notice): ApprovalID(notice.approval)
        }
    }
}

/// What is shown of a call that waits for a yes. Every text is inert already.
public struct ApprovalNotice: Sendable, Hashable {
    public let approval: String
    public let title: String
    /// Destinations first.
    public let lines: [String]
    public let link: String
    /// Whether buttons may stand under it: only where the approver alone sees it.
    public let hasButtons: Bool

    public init(approval: String, title: String, lines: [String], link: String, hasButtons: Bool) {
        self.approval = approval
        self.title = title
        self.lines = lines
        self.link = link
        self.hasButtons = hasButtons
    }
}
