public import Wire

/// A request with places for arguments. One bounded request; nothing is looped or computed.
public struct RequestTemplate: Sendable {
    public let method: String
    public let path: [TextPart]
    public let query: [(name: String, value: [TextPart])]
    public let body: BodyTemplate?
}

public enum TextPart: Sendable, Hashable {
    case literal(String)
    case argument(String)
    /// The call's own id in base32hex, which some providers take as the new object's id, so that a repeat is refused.
    case callID
}

/// A JSON body with places for arguments. A member whose argument is absent is left out.
public indirect enum BodyTemplate: Sendable {
    case literal(JSON)
    case argument(String)
    case callID
    case object([(key: String, value: BodyTemplate)])
    case array([BodyTemplate])
    /// One item for each element of a list argument; `.item` stands for the element.
    case each(argument: String, item: BodyTemplate)
    case item
    /// An RFC 5322 message in base64url, from arguments by header.
    case mail(MailTemplate)
}

/// Which arguments make up a mail.
public struct MailTemplate: Sendable, Hashable {
    public let to: String
    public let cc: String?
    public let subject: String
    public let text: String
    public let inReplyTo: String?
}
