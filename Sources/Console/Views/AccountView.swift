/// Which of several accounts an agent uses.
public struct AccountView: PageView {
    public static let template = "account"

    public struct Account: Sendable {
        public let id: String
        public let name: String
        /// The provider's own name of it, where that differs.
        public let upstream: String?
        public let isChosen: Bool
        /// What stands against it; nil where nothing does.
        public let obstacle: String?

        public init(id: String, name: String, upstream: String?, isChosen: Bool, obstacle: String?) {
            self.id = id
            self.name = name
            self.upstream = upstream
            self.isChosen = isChosen
            self.obstacle = obstacle
        }
    }

    public let title: String
    public let agent: String
    /// The page of everything that the agent needs.
    public let card: String
    public let path: String
    public let provider: String
    /// Whose accounts they are: `your` or `its own`.
    public let whose: String
    public let accounts: [Account]
    /// What is wrong with what was chosen; nil where nothing is.
    public let problem: String?
    public let canTakeBack: Bool
    public let shown: String
    public let canChoose: Bool

    public init(
        agent: String, card: String, path: String, provider: String, whose: String, accounts: [Account],
        problem: String?,
        canTakeBack: Bool, shown: String
    ) {
        title = "Which account should \(agent) use?"
        self.agent = agent
        self.card = card
        self.path = path
        self.provider = provider
        self.whose = whose
        self.accounts = accounts
        self.problem = problem
        self.canTakeBack = canTakeBack
        self.shown = shown
        canChoose = accounts.contains { $0.obstacle == nil }
    }
}
