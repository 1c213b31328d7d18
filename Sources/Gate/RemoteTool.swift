public import Authority
public import Wire

/// A tool of a remote MCP server as a person released it: its pinned definition, and what the person said it does.
public struct RemoteTool: Sendable, Hashable {
    public let server: String
    /// Scheme, host and port.
    public let origin: String
    public let path: String
    /// Whether the server speaks 2026-07-28; else 2025-11-25, with its sessions.
    public let isModern: Bool
    public let needsConnection: Bool
    /// As the server gave it: `name`, `title`, `description`, `inputSchema` and so on.
    public let definition: JSON
    public let effect: Effect
    public let roles: [String: Role]
    /// What a credential for it is bound to: its origin, or its whole address.
    public let place: String
    /// Without which the server refuses the call, as far as it has said.
    public let scopes: Set<String>

    public init(
        server: String, origin: String, path: String, isModern: Bool, needsConnection: Bool, definition: JSON,
        effect: Effect, roles: [String: Role], place: String? = nil, scopes: Set<String> = []
    ) {
        self.server = server
        self.origin = origin
        self.path = path
        self.isModern = isModern
        self.needsConnection = needsConnection
        self.definition = definition
        self.effect = effect
        self.roles = roles
        self.place = place ?? origin
        self.scopes = scopes
    }

    /// The name on the server.
    public var ownName: String { definition["name"]?.stringValue ?? "" }
    /// The name here.
    public var name: String { "\(server).\(ownName)" }
}
