import ArgumentParser

struct ClientsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients", abstract: "MCP clients: point them at agents, and say which may ask people for access.",
        discussion: """
            `add` writes an agent into a client's own configuration. The others are about clients that sign in with OAuth: \
            people let them in on a page, and see, narrow and sign them out on the page Clients.
            """,
        subcommands: [
            ClientsAddCommand.self, ClientsRegisterCommand.self, ClientsListCommand.self, ClientsShowCommand.self,
            ClientsCeilingCommand.self, ClientsRevokeCommand.self, ClientsRestoreCommand.self,
            ClientsSignOutCommand.self, ClientsRotateKeysCommand.self,
        ])
}

/// What a configuration is made for.
enum ClientKind: String, CaseIterable, ExpressibleByArgument {
    case claude, vscode, cursor, python

    /// The client whose servers stand in a file; nil for a program of one's own.
    var configured: ConfiguredClient? {
        switch self {
        case .claude: .claude
        case .vscode: .vscode
        case .cursor: .cursor
        case .python: nil
        }
    }
}
