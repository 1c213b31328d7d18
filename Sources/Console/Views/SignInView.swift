/// Where people choose how they sign in.
public struct SignInView: PageView {
    public static let template = "signin"

    public struct Row: Sendable {
        public let name: String
        public let path: String

        public init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    public let title = "Sign in"
    public let rows: [Row]
    public let allowsLinks: Bool

    public init(rows: [Row], allowsLinks: Bool) {
        self.rows = rows
        self.allowsLinks = allowsLinks
    }
}
