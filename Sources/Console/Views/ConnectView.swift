/// What a person sees before they go to a service to connect an account there.
public struct ConnectView: PageView {
    public static let template = "connect"

    /// A connection that there is already.
    public struct Current: Sendable {
        public let id: String
        public let account: String
        public let health: String
        public let isChosen: Bool

        public init(id: String, account: String, health: String, isChosen: Bool) {
            self.id = id
            self.account = account
            self.health = health
            self.isChosen = isChosen
        }
    }

    public let title: String
    public let path: String
    public let service: String
    /// Whose it will be and what for, in words.
    public let purpose: String
    public let scopes: [String]
    public let current: [Current]
    /// How the last try ended, with its way out.
    public let problem: String?
    public let wayOut: String?
    /// The browser is at the service now, as far as anybody knows.
    public let isAway: Bool
    /// Where the same is done with a key; nil where it isn't.
    public let keyPath: String?

    private let hasCurrent: Bool
    private let isAnyChosen: Bool

    public init(
        title: String, path: String, service: String, purpose: String, scopes: [String], current: [Current],
        problem: String?, wayOut: String?, isAway: Bool, keyPath: String?
    ) {
        self.title = title
        self.path = path
        self.service = service
        self.purpose = purpose
        self.scopes = scopes
        self.current = current
        self.problem = problem
        self.wayOut = wayOut
        self.isAway = isAway
        self.keyPath = keyPath
        hasCurrent = !current.isEmpty
        isAnyChosen = current.contains(where: \.isChosen)
    }
}
