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
        /// It waits and can't be approved.
        public let hasObstacle: Bool

        public init(
            path: String, title: String, destinations: String?, isOutside: Bool, agent: String, requester: String,
            state: String, time: String, hasObstacle: Bool = false
        ) {
            self.path = path
            self.title = title
            self.destinations = destinations
            self.isOutside = isOutside
            self.agent = agent
            self.requester = requester
            self.state = state
            self.time = time
            self.hasObstacle = hasObstacle
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

    /// A call of which nobody knows whether it happened.
    public struct Unknown: Sendable {
        public let path: String
        public let title: String
        public let agent: String
        public let requester: String
        public let time: String
        /// Nil when they were erased.
        public let arguments: String?

        public init(
            path: String, title: String, agent: String, requester: String, time: String, arguments: String?
        ) {
            self.path = path
            self.title = title
            self.agent = agent
            self.requester = requester
            self.time = time
            self.arguments = arguments
        }
    }

    public let title = "Approvals"
    public let unknown: [Unknown]
    public let waiting: [Row]
    public let decided: [Row]
    public let windows: [Window]

    public init(unknown: [Unknown], waiting: [Row], decided: [Row], windows: [Window]) {
        self.unknown = unknown
        self.waiting = waiting
        self.decided = decided
        self.windows = windows
    }
}
