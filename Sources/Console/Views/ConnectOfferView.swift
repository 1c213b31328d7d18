/// The account that came back from a service, before anything of it is kept.
public struct ConnectOfferView: PageView {
    public static let template = "offer"

    public let title: String
    public let path: String
    public let service: String
    /// As the service says it.
    public let name: String?
    public let email: String?
    /// Nil where the address is its id.
    public let id: String?
    public let purpose: String
    public let granted: [String]
    /// Asked for and not granted.
    public let missing: [String]
    /// Granted and not asked for.
    public let more: [String]
    /// The account that this would take the place of, where it is another.
    public let before: String?
    /// The agent whose own this would be, where the account is its owner's.
    public let sharedBy: String?
    public let shown: String
    public let expires: String
    /// What the person has still to say yes to.
    public let problem: String?

    private let isShort: Bool
    private let isWide: Bool

    public init(
        title: String, path: String, service: String, name: String?, email: String?, id: String?, purpose: String,
        granted: [String], missing: [String], more: [String], before: String?, sharedBy: String?, shown: String,
        expires: String, problem: String?
    ) {
        self.title = title
        self.path = path
        self.service = service
        self.name = name
        self.email = email
        self.id = id
        self.purpose = purpose
        self.granted = granted
        self.missing = missing
        self.more = more
        self.before = before
        self.sharedBy = sharedBy
        self.shown = shown
        self.expires = expires
        self.problem = problem
        isShort = !missing.isEmpty
        isWide = !more.isEmpty
    }
}
