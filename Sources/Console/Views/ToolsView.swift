/// The tools of remote servers that a person may release.
public struct ToolsView: PageView {
    public static let template = "tools"

    public struct Row: Sendable {
        public let path: String
        public let name: String
        /// What is to be known of it before it is looked at; nil when nothing is.
        public let note: String?

        public init(path: String, name: String, note: String?) {
            self.path = path
            self.name = name
            self.note = note
        }
    }

    public let title = "Tools"
    public let waiting: [Row]
    public let released: [Row]
    public let mayRelease: Bool

    public init(waiting: [Row], released: [Row], mayRelease: Bool) {
        self.waiting = waiting
        self.released = released
        self.mayRelease = mayRelease
    }
}
