/// A person's browser sessions, and the logins with which they make new ones.
public struct BrowsersView: PageView {
    public static let template = "browsers"

    public struct Row: Sendable {
        /// Where it is ended.
        public let path: String
        /// In words, such as `Firefox on Linux`.
        public let name: String
        /// What it says of itself.
        public let browser: String
        public let since: String
        public let seen: String
        /// Such as `with corp`.
        public let way: String
        public let isThis: Bool

        public init(
            path: String, name: String, browser: String, since: String, seen: String, way: String, isThis: Bool
        ) {
            self.path = path
            self.name = name
            self.browser = browser
            self.since = since
            self.seen = seen
            self.way = way
            self.isThis = isThis
        }
    }

    public struct LinkedLogin: Sendable {
        public let provider: String
        public let issuer: String
        /// Inert, to be looked at.
        public let subject: String
        /// As it is, to be sent back.
        public let subjectValue: String
        public let since: String

        public init(provider: String, issuer: String, subject: String, subjectValue: String, since: String) {
            self.provider = provider
            self.issuer = issuer
            self.subject = subject
            self.subjectValue = subjectValue
            self.since = since
        }
    }

    public let title = "Browsers"
    public let rows: [Row]
    public let logins: [LinkedLogin]
    public let providers: [SignInView.Row]
    public let hasProviders: Bool

    public init(rows: [Row], logins: [LinkedLogin], providers: [SignInView.Row]) {
        self.rows = rows
        self.logins = logins
        self.providers = providers
        hasProviders = !providers.isEmpty || !logins.isEmpty
    }
}
