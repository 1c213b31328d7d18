public import Authority
public import Gate
public import Wire

/// A channel that strangers' servers post to, at `/hooks/<channel>/<account>`. Pure: what arrives is a value, and so is
/// what it comes to.
public protocol HookChannel: Sendable {
    var traits: ChannelTraits { get }

    /// Checks that the platform itself sent this for this account, and reads it.
    ///
    /// - Parameter signing: checks MACs with the account's secret.
    func receive(
        _ request: HookRequest, for account: ChannelAccount, signing: any ChannelSigning, at now: Timestamp
    ) -> HookOutcome
}

/// A channel whose messages lie in a mailbox. Pure.
public protocol MailboxChannel: Sendable {
    /// Reads a mail, and says how surely it is its author's.
    func receive(_ mail: ArrivedMail, for account: ChannelAccount) -> MailOutcome

    /// Calls by which agents sent the mails that this one answers, the newest first. Anybody can write them who was sent one.
    func answered(by mail: ArrivedMail) -> [CallID]
}

/// A channel that is spoken to in requests to its own host, with the account's connection.
public protocol DeliveringChannel: Sendable {
    var traits: ChannelTraits { get }

    /// The requests of one message, in order. The first that fails ends it. None when it can't be said there, which is
    /// a refusal.
    func requests(for message: OutboundMessage, from account: ChannelAccount) -> [ChannelRequest]

    func outcome(of answer: ChannelAnswer, to request: ChannelRequest) -> DeliveryOutcome

    /// A request whose place is that of the part before it; nil where that can't be told.
    ///
    /// - Parameter said: the channel's own id of the part before.
    func request(_ request: ChannelRequest, after said: String?) -> ChannelRequest?

    /// Where a message to this sender begins a conversation that nobody but them and the account reads, as an inbound message
    /// would have said it; nil when the account can't begin one with them.
    func alone(with sender: SenderID, from account: ChannelAccount) -> JSONObject?

    /// Where a letter to this sender begins a thread of its own; nil where there are no letters.
    ///
    /// - Parameter thread: 22 random hexadecimal digits, by which answers are known.
    func letter(to sender: SenderID, about subject: String, thread: String) -> JSONObject?

    /// Where something is said that follows a message of ours, by the channel's own id of it; nil where messages are changed
    /// instead.
    func following(_ external: String, of reply: JSONObject) -> JSONObject?

    /// The place that the channel itself knows by this id and that several read; nil when the account can begin nothing there.
    func place(_ id: String, from account: ChannelAccount) -> ChannelPlace?
}

/// Where a message begins a conversation.
public struct ChannelPlace: Sendable, Hashable {
    public let peer: Place.Peer
    /// As an inbound message would have said it.
    public let reply: JSONObject

    public init(peer: Place.Peer, reply: JSONObject) {
        self.peer = peer
        self.reply = reply
    }
}

extension DeliveringChannel {
    /// Most channels answer, and begin nothing.
    public func alone(with sender: SenderID, from account: ChannelAccount) -> JSONObject? { nil }

    public func letter(to sender: SenderID, about subject: String, thread: String) -> JSONObject? { nil }

    public func following(_ external: String, of reply: JSONObject) -> JSONObject? { nil }

    /// Most requests say by themselves where they go.
    public func request(_ request: ChannelRequest, after said: String?) -> ChannelRequest? { request }

    public func place(_ id: String, from account: ChannelAccount) -> ChannelPlace? { nil }
}

/// Checks what a platform signed, without lending its secret.
public protocol ChannelSigning: Sendable {
    /// Whether this is HMAC-SHA-256 of the message under the account's signing secret. In constant time.
    func isHMACSHA256(_ mac: [UInt8], of message: [UInt8]) -> Bool
}

/// A request as it arrived at a hook.
public struct HookRequest: Sendable, Hashable {
    public let method: String
    /// Percent-encoded, without the question mark.
    public let query: String
    /// Names in lower case.
    public let headers: [String: String]
    public let body: [UInt8]

    public init(method: String, query: String, headers: [String: String], body: [UInt8]) {
        self.method = method
        self.query = query
        self.headers = headers
        self.body = body
    }
}

public struct HookReply: Sendable, Hashable {
    public let status: Int
    public let contentType: String
    public let body: [UInt8]

    public init(status: Int, contentType: String = "text/plain; charset=utf-8", body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    public static let taken = HookReply(status: 200)
}

/// What a request at a hook comes to.
public enum HookOutcome: Sendable, Hashable {
    /// Stored before the reply is sent. The messages are none when the platform told something that starts no turn.
    case messages([InboundMessage], HookReply)
    /// Somebody pressed a button on something that we sent.
    case pressed(ButtonPress, HookReply)
    /// The platform tries whether we are there.
    case answered(HookReply)
    /// The platform says that it kept events back, because there were too many. Counted, and nothing else happens.
    case heldBack(HookReply)
    /// Others read in this place than before, by the channel's own id of it.
    case moved(String, HookReply)
    /// Counted by its reason, and nothing else happens.
    case refused(HookRefusal)
}

/// Why a request at a hook starts nothing.
public enum HookRefusal: String, Error, Sendable, CaseIterable {
    case unsigned, badSignature = "bad-signature", stale, malformed, foreign, method, tooLarge = "too-large"

    public var status: Int {
        switch self {
        case .unsigned, .badSignature, .stale: 401
        case .malformed: 400
        case .foreign: 403
        case .method: 405
        case .tooLarge: 413
        }
    }

    /// The word under which it is counted.
    public var counted: String {
        switch self {
        case .unsigned: "unsigned"
        case .badSignature: "forged"
        case .stale: "stale"
        case .malformed: "malformed"
        case .foreign: "foreign"
        case .method: "method"
        case .tooLarge: "oversized"
        }
    }

    public var sentence: String {
        switch self {
        case .unsigned: "the request has no signature"
        case .badSignature: "the signature isn't this account's"
        case .stale: "the request is older or newer than five minutes"
        case .malformed: "the body can't be read"
        case .foreign: "the request is about another app or team than this account's"
        case .method: "only POST is taken here"
        case .tooLarge: "the body is too large"
        }
    }
}

/// A button under a message of ours. It names an approval and gives nobody anything: whoever pressed it is looked at.
public struct ButtonPress: Sendable, Hashable {
    public enum Choice: String, Sendable, CaseIterable { case approve, deny }

    public let account: ChannelAccountID
    public let sender: SenderID
    public let isBot: Bool
    public let approval: String
    public let choice: Choice
    /// The channel's own id of the message that bears the button, by which what was decided takes its place.
    public let shown: String
    /// What the channel needs to answer whoever pressed it.
    public let reply: JSONObject

    public init(
        account: ChannelAccountID, sender: SenderID, isBot: Bool, approval: String, choice: Choice,
        shown: String, reply: JSONObject
    ) {
        self.account = account
        self.sender = sender
        self.isBot = isBot
        self.approval = approval
        self.choice = choice
        self.shown = shown
        self.reply = reply
    }
}

/// One request to a channel's own host. Egress adds the account's credential.
public struct ChannelRequest: Sendable, Hashable {
    public let method: String
    public let path: String
    public let body: JSON

    public init(method: String, path: String, body: JSON) {
        self.method = method
        self.path = path
        self.body = body
    }
}

public struct ChannelAnswer: Sendable, Hashable {
    public let status: Int
    /// Seconds, where the channel said when to come back.
    public let retryAfter: Int?
    public let body: [UInt8]

    public init(status: Int, retryAfter: Int?, body: [UInt8]) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }
}

/// What became of a message.
public enum DeliveryOutcome: Sendable, Hashable {
    /// With the channel's own id of it, by which it can be edited; empty for a part that has none, whose message has that of
    /// the part before.
    case delivered(String)
    /// Certainly not delivered: again after so many seconds, or when the outbox sees fit.
    case retry(after: Int?, String)
    /// Certainly not delivered, and nothing is wrong with it: nothing is taken for now. That was no attempt. With seconds the
    /// channel itself said so, and they are for everything of the account.
    case putOff(after: Int?, String)
    /// Never this way.
    case refused(String)
    /// It may have arrived.
    case unknown(String)
}
