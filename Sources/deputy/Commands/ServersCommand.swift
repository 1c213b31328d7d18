import ArgumentParser
import Wire

struct ServersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "servers", abstract: "Remote MCP servers whose tools agents may use.",
        subcommands: [
            ServersAddCommand.self, ServersListCommand.self, ServersRefreshCommand.self, ServersRemoveCommand.self,
        ])
}

struct ServersAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a server. Its tools stay in quarantine until they are released.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "What its tools' names begin with, and slots name.")
    var name: String

    @Argument(help: "Its address, such as https://tickets.example/mcp.")
    var url: String

    @Flag(help: "It wants a credential: that of the slot's owner is used, and no other.")
    var credential = false

    func run() async throws {
        let answer = try await common.send(
            "POST", ["servers"], body: ["name": .string(name), "url": .string(url), "credential": .bool(credential)])
        common.show(answer) {
            if credential {
                print(
                    "Added `\(name)`. Next: `deputy connections add \(name) --agent NAME` (or `--person NAME`), `deputy servers refresh \(name)` (or with `--as NAME`)."
                )
            } else {
                print("Added `\(name)`.")
                ToolText.table(answer["tools"])
            }
        }
    }
}

struct ServersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the servers.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["servers"])
        common.show(answer) {
            var table = Table(.whole("SERVER"), "URL", "PROTOCOL", "CREDENTIAL", "RELEASED", "QUARANTINED")
            for server in answer["servers"]?.arrayValue ?? [] {
                table.add(
                    server["name"]?.stringValue ?? "", server["url"]?.stringValue ?? "",
                    server["protocol"]?.stringValue ?? "", server["credential"]?.boolValue == true ? "owner's" : "none",
                    server["released"]?.text ?? "", server["quarantined"]?.text ?? "")
            }
            table.show(whenEmpty: "There are no remote servers yet. Add one with `deputy servers add`.")
        }
    }
}

struct ServersRefreshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh", abstract: "Ask a server for its tools. What is new or changed goes into quarantine.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The server.")
    var name: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Ask with this person's own connection, or with that of `agent:NAME`. Without it with that of the only agent that "
                + "has one. The ledger says whose it was.", valueName: "owner"))
    var owner: String?

    func run() async throws {
        var body: JSONObject = [:]
        body["as"] = owner.map { .string($0) }
        let answer = try await common.send("POST", ["servers", name, "refresh"], body: body)
        common.show(answer) { ToolText.table(answer["tools"]) }
    }
}

struct ServersRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a server with its tools.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The server.")
    var name: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["servers", name])
        common.show(answer) { print("Removed `\(name)`.") }
    }
}
