/// What a person's agents do by the clock, and what came of it.
public struct SchedulesView: PageView {
    public static let template = "schedules"

    public struct Run: Sendable {
        public let due: String
        public let outcome: String
        public let reason: String?
        /// The tools that it called.
        public let calls: String?
        public let said: [String]
        /// Why nothing of it is shown.
        public let closed: String?

        public init(
            due: String, outcome: String, reason: String?, calls: String?, said: [String], closed: String?
        ) {
            self.due = due
            self.outcome = outcome
            self.reason = reason
            self.calls = calls
            self.said = said
            self.closed = closed
        }
    }

    public struct Schedule: Sendable {
        public let agent: String
        public let name: String
        /// When it is due, as its definition says it.
        public let timing: String
        public let message: String
        public let state: String
        public let reason: String?
        public let next: String?
        /// Where its forms go.
        public let path: String
        public let mayPause: Bool
        public let mayResume: Bool
        public let runs: [Run]

        public init(
            agent: String, name: String, timing: String, message: String, state: String, reason: String?,
            next: String?, path: String, mayPause: Bool, mayResume: Bool, runs: [Run]
        ) {
            self.agent = agent
            self.name = name
            self.timing = timing
            self.message = message
            self.state = state
            self.reason = reason
            self.next = next
            self.path = path
            self.mayPause = mayPause
            self.mayResume = mayResume
            self.runs = runs
        }
    }

    public let title = "Schedules"
    public let schedules: [Schedule]

    public init(schedules: [Schedule]) {
        self.schedules = schedules
    }
}
