/// What agents remember of a person.
public struct MemoryView: PageView {
    public static let template = "memory"

    public struct Agent: Sendable {
        public let name: String
        public let entries: [MemoryRow]

        public init(name: String, entries: [MemoryRow]) {
            self.name = name
            self.entries = entries
        }
    }

    /// An agent whose own memory this person may edit.
    public struct Editable: Sendable {
        public let name: String
        public let path: String

        public init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    public let title = "What agents remember"
    public let agents: [Agent]
    public let editable: [Editable]
    public let hasEditable: Bool

    public init(agents: [Agent], editable: [Editable]) {
        self.agents = agents
        self.editable = editable
        hasEditable = !editable.isEmpty
    }
}

/// An agent's own memory, for who may edit it.
public struct OwnMemoryView: PageView {
    public static let template = "ownmemory"

    public let title: String
    public let path: String
    public let entries: [MemoryRow]
    /// Equal for each attempt to send the form.
    public let event: String
    public let longest: Int

    public init(agent: String, path: String, entries: [MemoryRow], event: String, longest: Int) {
        title = "What \(agent) tells everybody"
        self.path = path
        self.entries = entries
        self.event = event
        self.longest = longest
    }
}

/// One thing that is remembered.
public struct MemoryRow: Sendable {
    public let path: String
    /// For the names of fields.
    public let id: String
    public let text: String
    /// As it is edited.
    public let source: String
    public let version: Int
    /// Where it counts, such as `one conversation`.
    public let kind: String
    public let about: String
    public let isOutsiders: Bool
    public let longest: Int

    public init(
        path: String, id: String, text: String, source: String, version: Int, kind: String, about: String,
        isOutsiders: Bool, longest: Int
    ) {
        self.path = path
        self.id = id
        self.text = text
        self.source = source
        self.version = version
        self.kind = kind
        self.about = about
        self.isOutsiders = isOutsiders
        self.longest = longest
    }
}
