/// A person's browser sessions.
public struct BrowsersView: PageView {
    public static let template = "browsers"

    public struct Row: Sendable {
        public let browser: String
        public let since: String
        public let seen: String
        public let isThis: Bool

        public init(browser: String, since: String, seen: String, isThis: Bool) {
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
