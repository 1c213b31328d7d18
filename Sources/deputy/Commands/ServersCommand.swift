import ArgumentParser
import Wire

struct ServersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "servers", abstract: "Remote MCP servers whose tools agents may use.",
        subcommands: [
            ServersAddCommand.self, ServersAuthorizeCommand.self, ServersListCommand.self, ServersRefreshCommand.self,
            ServersRemoveCommand.self,
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

    @Flag(help: "Its people connect by signing in: it says where its tokens come from (MCP authorization).")
    var oauth = false

    @OptionGroup var authorization: AuthorizationOptions

    func validate() throws {
        guard !(oauth && credential) else {
            throw ValidationError("--oauth brings the credentials, so that --credential isn't needed")
        }
        guard oauth || authorization.isEmpty else {
            throw ValidationError("--issuer, --scope and --register belong to --oauth")
        }
    }

    func run() async throws {
        var body: JSONObject = ["name": .string(name), "url": .string(url), "credential": .bool(credential)]
        if oauth {
            body["oauth"] = true
            authorization.add(to: &body)
        }
        let answer = try await common.send("POST", ["servers"], body: body)
        common.show(answer) {
            if oauth {
                print("Added `\(name)`.")
                AuthorizationOptions.show(answer, name)
            } else if credential {
                print(
                    "Added `\(name)`. Next: `deputy connections add \(name) --agent NAME` and `deputy servers refresh \(name)`, or `--person NAME`, who looks at its tools on their page."
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
            var table = Table(.whole("SERVER"), "URL", "PROTOCOL", "CREDENTIAL", "RELEASED", "QUARANTINED", "COMPARED")
            for server in answer["servers"]?.arrayValue ?? [] {
                table.add(
                    server["name"]?.stringValue ?? "", server["url"]?.stringValue ?? "",
                    server["protocol"]?.stringValue ?? "", ServersListCommand.credential(server),
                    server["released"]?.text ?? "", server["quarantined"]?.text ?? "",
                    (server["compared"]?.integerValue.map { Moment.text($0) + " UTC" } ?? "never")
                        + (server["failure"] == nil ? "" : ", the last try failed"))
            }
            table.show(whenEmpty: "There are no remote servers yet. Add one with `deputy servers add`.")
            for server in answer["servers"]?.arrayValue ?? [] {
                guard let lines = server["authorization"]?["diff"]?.arrayValue, let name = server["name"]?.stringValue
                else { continue }
                print(
                    "\n`\(name)` names other places for its tokens than when it was added. Nobody connects there until you say yes "
                        + "with `deputy servers authorize \(name)`.")
                for line in lines { print("  \(line.stringValue ?? "")") }
            }
        }
    }

    private static func credential(_ server: JSON) -> String {
        switch server["authorization"]?["state"]?.stringValue {
        case "quarantined": "sign-in, quarantined"
        case _?: "sign-in"
        case nil: server["credential"]?.boolValue == true ? "owner's" : "none"
        }
    }
}

struct ServersRefreshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh", abstract: "Ask a server for its tools. What is new or changed goes into quarantine.",
        discussion: """
            A running gateway asks by itself: at its start, about once an hour, and when a server says on an answer that its \
            tools have changed. Only this command takes away tools that a server doesn't list any more.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The server.")
    var name: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Ask with the connection of `agent:NAME`. Without it with that of the only agent that has one. A person's own goes "
                + "along when they ask themselves, on their page. The ledger says whose it was.",
            valueName: "agent:name"))
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
