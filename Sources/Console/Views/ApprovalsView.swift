/// What waits for a person, and what they decided lately.
public struct ApprovalsView: PageView {
    public static let template = "approvals"

    public struct Row: Sendable {
        public let path: String
        public let title: String
        /// Nil when it goes nowhere.
        public let destinations: String?
        public let isOutside: Bool
        public let agent: String
        public let requester: String
        public let state: String
        public let time: String

        public init(
            path: String, title: String, destinations: String?, isOutside: Bool, agent: String, requester: String,
            state: String, time: String
        ) {
            self.path = path
            self.title = title
            self.destinations = destinations
            self.isOutside = isOutside
            self.agent = agent
            self.requester = requester
            self.state = state
            self.time = time
        }
    }

    public struct Window: Sendable {
        public let path: String
        public let text: String

        public init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    public let title = "Approvals"
    public let waiting: [Row]
    public let decided: [Row]
    public let windows: [Window]

    public init(waiting: [Row], decided: [Row], windows: [Window]) {
        self.waiting = waiting
        self.decided = decided
        self.windows = windows
    }
}
