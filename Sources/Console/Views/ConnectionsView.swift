/// A person's own connections.
public struct ConnectionsView: PageView {
    public static let template = "connections"

    public struct Row: Sendable {
        public let path: String
        public let provider: String
        public let account: String
        public let health: String
        public let isRevoked: Bool

        public init(path: String, provider: String, account: String, health: String, isRevoked: Bool) {
            self.path = path
            self.provider = provider
            self.account = account
            self.health = health
            self.isRevoked = isRevoked
        }
    }

    public struct Provider: Sendable {
        public let id: String
        public let isChosen: Bool

        public init(id: String, isChosen: Bool) {
            self.id = id
            self.isChosen = isChosen
        }
    }

    /// An agent that uses one of several accounts.
    public struct Question: Sendable {
        public let path: String
        public let agent: String
        public let provider: String
        /// The account that is chosen; nil when none is.
        public let account: String?

        public init(path: String, agent: String, provider: String, account: String?) {
            self.path = path
            self.agent = agent
            self.provider = provider
            self.account = account
        }
    }

    /// One that people are sent to.
    public struct Service: Sendable {
        public let id: String
        public let name: String

        public init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    public let title = "Connections"
    public let rows: [Row]
    public let questions: [Question]
    public let hasQuestions: Bool
    public let services: [Service]
    public let providers: [Provider]
    private let hasServices: Bool

    public init(rows: [Row], questions: [Question], services: [Service], providers: [Provider]) {
        self.rows = rows
        self.questions = questions
        hasQuestions = !questions.isEmpty
        self.services = services
        self.providers = providers
        hasServices = !services.isEmpty
    }
}
