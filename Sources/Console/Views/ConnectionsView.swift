/// A person's own connections.
public struct ConnectionsView: PageView {
    public static let template = "connections"

    public struct Row: Sendable {
        public let path: String
        public let provider: String
        public let account: String
        /// In words: `needs reconnect`.
        public let state: String
        /// What is the matter; nil when nothing is.
        public let trouble: String?
        /// What to do about it.
        public let nextStep: String?
        public let isRevoked: Bool
        /// A remote server's that can be asked for its tools.
        public let hasTools: Bool

        public init(
            path: String, provider: String, account: String, state: String, trouble: String?, nextStep: String?,
            isRevoked: Bool, hasTools: Bool
        ) {
            self.path = path
            self.provider = provider
            self.account = account
            self.state = state
            self.trouble = trouble
            self.nextStep = nextStep
            self.isRevoked = isRevoked
            self.hasTools = hasTools
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

    /// A connection of an agent of theirs that only they can mend.
    public struct Trouble: Sendable {
        public let agent: String
        public let provider: String
        /// In words: `needs reconnect`.
        public let state: String
        public let trouble: String
        public let nextStep: String?

        public init(agent: String, provider: String, state: String, trouble: String, nextStep: String?) {
            self.agent = agent
            self.provider = provider
            self.state = state
            self.trouble = trouble
            self.nextStep = nextStep
        }
    }

    public let title = "Connections"
    public let rows: [Row]
    public let troubles: [Trouble]
    private let hasTroubles: Bool
    public let questions: [Question]
    public let hasQuestions: Bool
    public let services: [Service]
    public let providers: [Provider]
    private let hasServices: Bool

    public init(rows: [Row], troubles: [Trouble], questions: [Question], services: [Service], providers: [Provider]) {
        self.rows = rows
        self.troubles = troubles
        hasTroubles = !troubles.isEmpty
        self.questions = questions
        hasQuestions = !questions.isEmpty
        self.services = services
        self.providers = providers
        hasServices = !services.isEmpty
    }
}
