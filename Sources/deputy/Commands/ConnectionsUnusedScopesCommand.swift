import ArgumentParser
import Wire

struct ConnectionsUnusedScopesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unused-scopes",
        abstract: "What connections may do and weren't used for, and how to take it away.",
        discussion: """
            Compared are the permissions that a provider granted and those that the tools need which permitted calls used \
            the connection for. A connection that is younger than the days asked for is marked: too early to say.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "How many days to look back.")
    var days = 90

    func run() async throws {
        let answer = try await common.send("GET", ["connections", "unused-scopes"], query: ["days": "\(days)"])
        common.show(answer) {
            let connections = answer["connections"]?.arrayValue ?? []
            if connections.isEmpty { print("Every permission was used in the last \(days) days.") }
            for connection in connections { show(connection) }
        }
    }

    private func show(_ connection: JSON) {
        func text(_ key: String) -> String { Table.inert(connection[key]?.stringValue ?? "") }
        print("\(text("id"))  \(text("provider"))  \(text("owner"))")
        for unused in connection["unused"]?.arrayValue ?? [] {
            print("  \(Table.inert(unused["scope"]?.stringValue ?? ""))")
        }
        if connection["is_conclusive"]?.boolValue != true {
            print("  too early to say: looked at for \(connection["observed_days"]?.text ?? "0") days of \(days)")
        }
        print("  to take away: \(text("next_step"))")
    }
}
