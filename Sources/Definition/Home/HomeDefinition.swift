public import Authority
public import Wire

/// What definition files say, read and checked as far as that goes without a home.
public struct HomeDefinition: Sendable {
    public struct Organization: Sendable {
        public let name: String?
        public let domains: [String]?
        /// For how many days what was said is kept; nil when the file doesn't say.
        public let transcriptDays: Int?
        /// Where agents that name no models ask; nil when the file doesn't say.
        public let models: [ModelSlot]?
    }

    public struct Person: Sendable {
        public let id: PersonID
        public let name: String?
        public let email: String?
        public let subjects: [ProviderID: String]
        public let place: SourceProblem.Place
    }

    /// A tool or group in one of an agent's lists that isn't served yet.
    public struct Unavailable: Sendable, Hashable {
        /// The list, as it is stored: `tools`, `allow` or `deny`.
        public let list: String
        public let name: String
    }

    /// One agent as its file gives it.
    public struct Agent: Sendable {
        public let id: AgentID
        /// The keys that make its mandate, as they are stored. What isn't given isn't here.
        public let given: JSONObject
        /// What is shown or kept and decides nothing.
        public let about: JSONObject
        /// Tools and groups that are known and not served yet.
        public let unavailable: [Unavailable]
        public let place: SourceProblem.Place
        /// Where each key stands, by its stored name.
        public let places: [String: SourceProblem.Place]
    }

    /// One binding, and where it stands.
    public struct Route: Sendable {
        public let binding: Binding
        public let place: SourceProblem.Place
    }

    public internal(set) var organization: Organization?
    public internal(set) var people: [Person] = []
    public internal(set) var agents: [Agent] = []
    /// Nil when no file speaks of bindings.
    public internal(set) var bindings: [Route]?
}

extension SourceProblem {
    /// A file and a position in it.
    public struct Place: Sendable, Hashable, CustomStringConvertible {
        public let file: String
        public let position: SourcePosition

        public var description: String { "\(file):\(position.line):\(position.column)" }
    }

    public init(_ place: Place, _ message: String, hint: String?) {
        self.init(file: place.file, position: place.position, message: message, hint: hint)
    }
}
