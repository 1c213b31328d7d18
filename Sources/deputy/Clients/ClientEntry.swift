import Wire

/// An agent as a client's configuration names it. There is no token in it: the client takes that from elsewhere.
struct ClientEntry {
    /// What the client calls the server, such as `deputy-notes`.
    let name: String
    /// The agent's MCP address.
    let url: String
    /// The environment variable that holds the token.
    let variable: String

    /// The whole configuration file of a client that has no other servers.
    func configuration(for client: ConfiguredClient) -> JSONObject {
        switch client {
        case .claude:
            ["mcpServers": [name: ["type": "http", "url": .string(url), "headers": bearer("${\(variable)}")]]]
        case .cursor:
            ["mcpServers": [name: ["url": .string(url), "headers": bearer("${env:\(variable)}")]]]
        case .vscode:
            [
                "servers": [name: ["type": "http", "url": .string(url), "headers": bearer("${input:\(input)}")]],
                "inputs": [
                    [
                        "type": "promptString", "id": .string(input), "description": .string("Token for \(name)"),
                        "password": true,
                    ]
                ],
            ]
        }
    }

    /// The name under which VS Code asks for the token and keeps it.
    private var input: String { "\(name)-token" }

    private func bearer(_ token: String) -> JSON { ["Authorization": .string("Bearer \(token)")] }
}

/// A client whose servers stand in a JSON file. Source: each client's own documentation of that file.
enum ConfiguredClient: String, CaseIterable {
    case claude, vscode, cursor

    /// Where a project keeps it.
    var file: String {
        switch self {
        case .claude: ".mcp.json"
        case .vscode: ".vscode/mcp.json"
        case .cursor: ".cursor/mcp.json"
        }
    }

    /// The member that holds the servers.
    var servers: String {
        switch self {
        case .claude, .cursor: "mcpServers"
        case .vscode: "servers"
        }
    }
}
