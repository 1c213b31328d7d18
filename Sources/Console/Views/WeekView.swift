/// What agents did as a person, or for them.
public struct WeekView: PageView {
    public static let template = "week"

    public struct Row: Sendable {
        public let time: String
        public let agent: String
        public let tool: String
        public let effect: String
        /// Nil when none was used.
        public let account: String?
        public let requester: String
        public let outcome: String

        public init(
            time: String, agent: String, tool: String, effect: String, account: String?, requester: String,
            outcome: String
        ) {
            self.time = time
            self.agent = agent
            self.tool = tool
            self.effect = effect
            self.account = account
            self.requester = requester
            self.outcome = outcome
        }
    }

    public let title = "What agents did as me this week"
    public let rows: [Row]
    /// From when on the list is whole; nil when it is whole for all seven days.
    public let wholeSince: String?

    public init(rows: [Row], wholeSince: String? = nil) {
        self.rows = rows
        self.wholeSince = wholeSince
    }
}
