/// A person's browser sessions.
public struct BrowsersView: PageView {
    public static let template = "browsers"

    public struct Row: Sendable {
        /// In words, such as `Firefox on Linux`.
        public let name: String
        /// What it says of itself.
        public let browser: String
        public let since: String
        public let seen: String
        public let isThis: Bool

        public init(name: String, browser: String, since: String, seen: String, isThis: Bool) {
            self.name = name
            self.browser = browser
            self.since = since
            self.seen = seen
            self.isThis = isThis
        }
    }

    public let title = "Browsers"
    public let rows: [Row]

    public init(rows: [Row]) {
        self.rows = rows
    }
}
