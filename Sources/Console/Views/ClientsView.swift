/// The clients that a person allowed to reach agents in their name.
public struct ClientsView: PageView {
    public static let template = "clients"

    public struct Row: Sendable {
        /// What forms send.
        public let id: String
        public let name: String
        /// The id, made inert.
        public let shownID: String
        public let agents: String
        public let effects: [String]
        public let since: String
        public let until: String

        public init(
            id: String, name: String, shownID: String, agents: String, effects: [String], since: String, until: String
        ) {
            self.id = id
            self.name = name
            self.shownID = shownID
            self.agents = agents
            self.effects = effects
            self.since = since
            self.until = until
        }
    }

    public let title = "Clients"
    public let rows: [Row]

    public init(rows: [Row]) {
        self.rows = rows
    }
}
