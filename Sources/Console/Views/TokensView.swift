/// A person's own tokens.
public struct TokensView: PageView {
    public static let template = "tokens"

    public struct Row: Sendable {
        public let path: String
        public let id: String
        public let label: String?
        public let agents: String
        public let state: String
        public let expires: String
        public let isActive: Bool

        public init(
            path: String, id: String, label: String?, agents: String, state: String, expires: String, isActive: Bool
        ) {
            self.path = path
            self.id = id
            self.label = label
            self.agents = agents
            self.state = state
            self.expires = expires
            self.isActive = isActive
        }
    }

    public let title = "Tokens"
    public let rows: [Row]
    /// A token that was taken up just now. Shown once.
    public let new: String?

    public init(rows: [Row], new: String? = nil) {
        self.rows = rows
        self.new = new
    }
}
