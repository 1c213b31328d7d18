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

    public let title = "Connections"
    public let rows: [Row]
    public let providers: [Provider]

    public init(rows: [Row], providers: [Provider]) {
        self.rows = rows
        self.providers = providers
    }
}
