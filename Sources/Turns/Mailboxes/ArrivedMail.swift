public import Authority

/// A mail as a mailbox has it. All of it was written by strangers, but for what the server itself says: its number, its size, when
/// it arrived, and where its parts are.
public struct ArrivedMail: Sendable, Hashable {
    public let number: MailboxNumber
    /// The mailbox's own address.
    public let own: String
    /// Everything above the body, as it came.
    public let header: [UInt8]
    /// Of the first plain text, or of the first HTML where there is none; decoded.
    public let text: String
    /// `text/plain` or `text/html`; nil where there is no text.
    public let type: String?
    /// There is more of the text.
    public let isCut: Bool
    public let attachments: [Attachment]
    /// Octets, with all its parts.
    public let size: Int
    public let arrived: Timestamp
    /// The name of the conversation that it begins, if it begins one. Nobody can guess it.
    public let fresh: String

    public init(
        number: MailboxNumber, own: String, header: [UInt8], text: String, type: String?, isCut: Bool,
        attachments: [Attachment], size: Int, arrived: Timestamp, fresh: String
    ) {
        self.number = number
        self.own = own
        self.header = header
        self.text = text
        self.type = type
        self.isCut = isCut
        self.attachments = attachments
        self.size = size
        self.arrived = arrived
        self.fresh = fresh
    }

    /// The same, where it begins none but goes on with this one.
    func going(on thread: String) -> ArrivedMail {
        ArrivedMail(
            number: number, own: own, header: header, text: text, type: type, isCut: isCut, attachments: attachments,
            size: size, arrived: arrived, fresh: thread)
    }
}

/// A message of a mailbox (RFC 3501 section 2.3.1.1). As long as the validity is the same, a number is one message's.
public struct MailboxNumber: Sendable, Hashable, CustomStringConvertible {
    public let validity: UInt32
    public let number: UInt32

    public init(validity: UInt32, number: UInt32) {
        self.validity = validity
        self.number = number
    }

    public var description: String { "\(validity)-\(number)" }
}

/// What a mail comes to.
public enum MailOutcome: Sendable, Hashable {
    case message(InboundMessage)
    /// Nothing comes of it, and nobody is answered.
    case refused(MailRefusal)
}

/// Why a mail starts nothing.
public enum MailRefusal: String, Error, Sendable, CaseIterable {
    case malformed, nobody, automatic, list, ownMail = "own-mail", tooLarge = "too-large", tooMany = "too-many"
    case unreadable

    public var sentence: String {
        switch self {
        case .malformed: "its header can't be read"
        case .nobody: "it isn't of exactly one sender"
        case .automatic: "a machine sent it"
        case .list: "it was sent to a list"
        case .ownMail: "it is one of our own"
        case .tooLarge: "it is too large"
        case .tooMany: "its sender has written too often within an hour: it waits for the next one"
        case .unreadable: "the mail server can't show it"
        }
    }

    /// Whether somebody has to look at it: it may be a person's.
    public var isSetAside: Bool {
        switch self {
        case .malformed, .unreadable: true
        case .nobody, .automatic, .list, .ownMail, .tooLarge, .tooMany: false
        }
    }
}
