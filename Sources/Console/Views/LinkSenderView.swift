/// A sender that a person is about to say is them.
public struct LinkSenderView: PageView {
    public static let template = "linksender"

    public let title = "Is this you?"
    public let sender: String
    /// As it is sent back.
    public let value: String
    public let channel: String
    /// Who is signed in here.
    public let person: String
    public let email: String
    /// Whether the sender is another person now, who ceases to be it.
    public let isSomebodyElse: Bool
    public let secret: String

    public init(
        sender: String, value: String, channel: String, person: String, email: String, isSomebodyElse: Bool,
        secret: String
    ) {
        self.sender = sender
        self.value = value
        self.channel = channel
        self.person = person
        self.email = email
        self.isSomebodyElse = isSomebodyElse
        self.secret = secret
    }
}
