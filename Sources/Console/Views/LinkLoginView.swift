/// A login that a person is about to link. It shows whose the provider says that it is.
public struct LinkLoginView: PageView {
    public static let template = "linklogin"

    public let title = "Link this login?"
    public let provider: String
    /// As the provider says it.
    public let name: String?
    public let email: String?
    public let subject: String
    /// As channels know whoever this is; empty for a provider that is no channel.
    public let senders: [String]
    /// Who is signed in here.
    public let person: String
    public let proof: String

    public init(
        provider: String, name: String?, email: String?, subject: String, senders: [String], person: String,
        proof: String
    ) {
        self.provider = provider
        self.name = name
        self.email = email
        self.subject = subject
        self.senders = senders
        self.person = person
        self.proof = proof
    }
}
