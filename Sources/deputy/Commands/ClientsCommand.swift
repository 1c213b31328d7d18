import ArgumentParser

struct ClientsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients", abstract: "Point MCP clients at agents.", subcommands: [ClientsAddCommand.self])
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
