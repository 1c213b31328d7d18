/// What a person agreed to that assistants do with their accounts, and what is new.
public struct AgreementsView: PageView {
    public static let template = "agreements"

    public struct Row: Sendable {
        public let agent: String
        public let path: String
        public let agreed: [String]
        public let new: [String]
        public let shown: String
        public let isOpen: Bool

        public init(agent: String, path: String, agreed: [String], new: [String], shown: String) {
            self.agent = agent
            self.path = path
            self.agreed = agreed
            self.new = new
            self.shown = shown
            isOpen = !new.isEmpty
        }
    }

    public let title = "Assistants"
    public let rows: [Row]

    public init(rows: [Row]) {
        self.rows = rows
    }
}
