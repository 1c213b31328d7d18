/// A page that a person has to open, as an elicitation in URL mode. That the client accepts says only that it was opened.
public struct MCPLink: Sendable, Hashable {
    /// Unique among the links of one task or round.
    public let key: String
    public let message: String
    public let url: String

    public init(key: String, message: String, url: String) {
        self.key = key
        self.message = message
        self.url = url
    }
}

/// A call whose result takes long, by the extension `io.modelcontextprotocol/tasks` (2026-07-28).
public struct MCPTask: Sendable {
    public enum Status: Sendable {
        case working
        case inputRequired([MCPLink])
        /// With the result of the call.
        case completed(JSON)
        case cancelled

        var name: String {
            switch self {
            case .working: "working"
            case .inputRequired: "input_required"
            case .completed: "completed"
            case .cancelled: "cancelled"
            }
        }

        var isOver: Bool {
            switch self {
            case .working, .inputRequired: false
            case .completed, .cancelled: true
            }
        }
    }

    public let id: String
    public let status: Status
    public let message: String?
    /// RFC 3339.
    public let created: String
    public let updated: String
    /// Milliseconds from creation.
    public let ttl: Int64

    public init(id: String, status: Status, message: String?, created: String, updated: String, ttl: Int64) {
        self.id = id
        self.status = status
        self.message = message
        self.created = created
        self.updated = updated
        self.ttl = ttl
    }
}
