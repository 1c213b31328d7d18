/// Every key that a definition may hold, and whether anything enforces it: the one list that files are read by and that
/// `doctor` reports from.
public enum DefinitionKeys {
    /// The objects of a definition, by where they stand.
    public enum Place: String, Sendable, CaseIterable {
        case definition = ""
        case organization
        case organizationTranscripts = "organization.transcripts"
        case organizationModel = "organization.models[]"
        case person = "people[]"
        case agents
        case agent = "agents.list[]"
        case tools = "agents.list[].tools"
        case identity = "agents.list[].identity"
        case sandbox = "agents.list[].sandbox"
        case audit = "agents.list[].audit"
        case transcripts = "agents.list[].transcripts"
        case lift = "agents.list[].lift[]"
        case grant = "agents.list[].grants[]"
        case budget = "agents.list[].budget"
        case model = "agents.list[].models[]"
        case schedule = "agents.list[].schedules[]"
        case deliver = "agents.list[].schedules[].deliver"
        case binding = "bindings[]"
        case match = "bindings[].match"
        case peer = "bindings[].match.peer"
    }

    public enum Standing: Sendable, Hashable {
        /// What it says holds, or the object that it opens is looked at key by key.
        case enforced
        /// It is for people to read, and promises nothing.
        case note
        /// It is kept as it stands and decides nothing yet, for this reason.
        case kept(String)
    }

    public struct Key: Sendable, Hashable {
        public let place: Place
        public let name: String
        public let standing: Standing

        /// Such as `agents.list[].sandbox.mode`.
        public var path: String { place == .definition ? name : "\(place.rawValue).\(name)" }
    }

    /// The keys of one object, in the order in which they are told.
    public static func keys(of place: Place) -> [Key] {
        func enforced(_ names: String..., more: [String] = []) -> [Key] {
            (names + more).map { Key(place: place, name: $0, standing: .enforced) }
        }
        func note(_ names: String...) -> [Key] { names.map { Key(place: place, name: $0, standing: .note) } }
        func kept(_ reason: String, _ names: String...) -> [Key] {
            names.map { Key(place: place, name: $0, standing: .kept(reason)) }
        }
        return switch place {
        case .definition: enforced("organization", "people", "agents", "bindings")
        case .organization: enforced("name", "domains", "transcripts", "models")
        case .person: enforced("id", "name", "email", "subjects")
        case .agents: enforced("list")
        case .agent:
            enforced("id", more: mandate + ["tools"]) + note("name", "identity") + enforced("default")
                + kept("each agent's folder is the home's own", "workspace", "agentDir")
                + enforced("sandbox", "audit", "transcripts", "schedules")
        case .tools: enforced("use", "allow", "deny")
        case .identity: note("name", "theme", "emoji", "avatar")
        case .sandbox: kept("no tool of this version executes anything", "mode", "scope", "workspaceAccess")
        case .audit: kept("no record is ever removed", "retainDays")
        case .organizationTranscripts, .transcripts: enforced("retainDays")
        case .lift: enforced("tools", "destinations")
        case .grant: enforced("principal", "person", "tools")
        case .budget:
            enforced("callsPerMinute", "callsPerDay", "concurrent", "tokensPerDay", "tokensPerPersonPerDay")
        case .model, .organizationModel:
            enforced("name", "speaks", "model", "base", "key", "mayRead", "longestReply", "context", "sees")
        case .schedule: enforced("id", "cron", "every", "at", "tz", "message", "session", "deliver", "missed")
        case .deliver: enforced("channel", "to")
        case .binding: enforced("agentId", "match") + note("comment")
        case .match: enforced("channel", "accountId", "peer", "guildId", "teamId", "roles")
        case .peer: enforced("kind", "id")
        }
    }

    public static var all: [Key] { Place.allCases.flatMap { keys(of: $0) } }

    static func names(of place: Place) -> [String] { keys(of: place).map(\.name) }

    /// The keys of an agent that make its mandate, by their names in a file and in the store.
    static let mandate = [
        "owner", "actsAs", "tier", "principals", "users", "approvers", "slots", "guests", "ask", "lift", "grants",
        "budget", "restricted", "subjects", "models",
    ]
    /// What is stored beside the mandate.
    static let about = [
        "name", "default", "workspace", "agentDir", "identity", "sandbox", "audit", "transcripts", "schedules",
    ]
}
