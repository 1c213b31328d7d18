/// Every account that an agent needs, before its first action.
public struct ConnectCardView: PageView {
    public static let template = "connectcard"

    public struct Row: Sendable {
        public let provider: String
        public let service: String
        /// Whose account it is to be, in words.
        public let whose: String
        public let state: String
        public let scopes: [String]
        /// What the button says; nil where this person has nothing to do.
        public let action: String?
        /// Where it is done with a key instead.
        public let keyPath: String?
        /// Where one of several accounts is chosen; nil where there is nothing to choose.
        public let choicePath: String?
        public let isChosen: Bool

        private let hasScopes: Bool

        public init(
            provider: String, service: String, whose: String, state: String, scopes: [String], action: String?,
            keyPath: String?, choicePath: String?, isChosen: Bool
        ) {
            self.provider = provider
            self.service = service
            self.whose = whose
            self.state = state
            self.scopes = scopes
            self.action = action
            self.keyPath = keyPath
            self.choicePath = choicePath
            self.isChosen = isChosen
            hasScopes = !scopes.isEmpty
        }
    }

    public let title: String
    public let agent: String
    public let path: String
    public let rows: [Row]
    /// Nothing is missing of what this person can do.
    public let isComplete: Bool

    public init(title: String, agent: String, path: String, rows: [Row], isComplete: Bool) {
        self.title = title
        self.agent = agent
        self.path = path
        self.rows = rows
        self.isComplete = isComplete
    }
}
