/// One tool of a remote server, as whoever releases it sees it.
public struct ToolView: PageView {
    public static let template = "tool"

    /// A word to choose, with what it means.
    public struct Choice: Sendable {
        public let word: String
        public let meaning: String
        public let isChosen: Bool

        public init(word: String, meaning: String, isChosen: Bool) {
            self.word = word
            self.meaning = meaning
            self.isChosen = isChosen
        }
    }

    public struct Argument: Sendable {
        /// The name of its field in the form.
        public let field: String
        public let name: String
        public let schema: String
        public let isRequired: Bool
        public let roles: [Choice]

        public init(field: String, name: String, schema: String, isRequired: Bool, roles: [Choice]) {
            self.field = field
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
            self.roles = roles
        }
    }

    /// Something else that the server says.
    public struct Part: Sendable {
        public let name: String
        public let text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// What of the definition differs from the one that was released.
    public struct Change: Sendable {
        public struct Line: Sendable {
            public let text: String
            /// `-` went, `+` came, a space stayed.
            public let mark: String
            public let isOld: Bool
            public let isNew: Bool

            public init(text: String, isOld: Bool = false, isNew: Bool = false) {
                self.text = text
                mark = isOld ? "-" : isNew ? "+" : " "
                self.isOld = isOld
                self.isNew = isNew
            }
        }

        public let part: String
        public let lines: [Line]

        public init(part: String, lines: [Line]) {
            self.part = part
            self.lines = lines
        }
    }

    public let title: String
    public let path: String
    /// The digest of the definition that stands here: no other is released.
    public let shown: String
    public let state: String
    public let server: String
    public let agents: String
    public let calledTitle: String?
    public let description: String
    public let output: String?
    public let hints: [String]
    public let rest: [Part]
    public let changes: [Change]
    public let arguments: [Argument]
    public let effects: [Choice]
    public let canRelease: Bool
    public let isChanged: Bool
    public let hasHints: Bool
    public let hasRest: Bool
    public let hasArguments: Bool
    /// Why what was said of it wasn't taken.
    public let problem: String?

    public init(
        title: String, path: String, shown: String, state: String, server: String, agents: String,
        calledTitle: String?, description: String, output: String?, hints: [String], rest: [Part], changes: [Change],
        arguments: [Argument], effects: [Choice], canRelease: Bool, problem: String?
    ) {
        self.title = title
        self.path = path
        self.shown = shown
        self.state = state
        self.server = server
        self.agents = agents
        self.calledTitle = calledTitle
        self.description = description
        self.output = output
        self.hints = hints
        self.rest = rest
        hasRest = !rest.isEmpty
        self.changes = changes
        self.arguments = arguments
        self.effects = effects
        self.canRelease = canRelease
        isChanged = !changes.isEmpty
        hasHints = !hints.isEmpty
        hasArguments = !arguments.isEmpty
        self.problem = problem
    }
}
