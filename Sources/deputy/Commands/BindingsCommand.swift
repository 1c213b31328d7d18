import ArgumentParser
import Wire

struct BindingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bindings", abstract: "Which agent gets the messages of which channel.",
        discussion: "They are written in definition files: see `deputy apply`.",
        subcommands: [BindingsListCommand.self, BindingsExplainCommand.self])
}

struct BindingsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the bindings.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["bindings"])
        common.show(answer) {
            var table = Table(.whole("AGENT"), "CHANNEL", "ACCOUNT", "ONLY")
            for binding in answer["bindings"]?.arrayValue ?? [] {
                table.add(
                    binding["agentId"]?.stringValue ?? "", binding["match"]?["channel"]?.stringValue ?? "",
                    binding["match"]?["accountId"]?.stringValue ?? "(any)", BindingText.conditions(binding["match"]))
            }
            table.show(whenEmpty: "There are no bindings yet. Write them in a definition, and apply it.")
            let otherwise = answer["default"]?.stringValue
            print(
                otherwise.map { "What none of them matches goes to `\(Table.inert($0))`." }
                    ?? "What none of them matches goes to nobody: no agent is the default.")
        }
    }
}

struct BindingsExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Which binding a message would take, and why the others don't get it.")

    @OptionGroup var common: CommonOptions

    @Option(help: "The channel, such as slack.")
    var channel: String

    @Option(help: "The name of the account that the message comes in by.")
    var account: String

    @Option(help: ArgumentHelp("Whom or what it is written to, such as `channel:C1`.", valueName: "kind:id"))
    var peer: String

    @Option(help: ArgumentHelp("Of a thread: what it hangs from.", valueName: "kind:id"))
    var parent: String?

    @Option(help: "The guild.")
    var guild: String?

    @Option(help: "The team.")
    var team: String?

    @Option(help: "A role of the sender's in the guild. May be given several times.")
    var role: [String] = []

    func run() async throws {
        var body: JSONObject = [
            "channel": .string(channel), "account": .string(account), "peer": .string(peer),
            "roles": .array(role.map { .string($0) }),
        ]
        body["parent"] = parent.map { .string($0) }
        body["guild"] = guild.map { .string($0) }
        body["team"] = team.map { .string($0) }
        let answer = try await common.send("POST", ["bindings", "explain"], body: body)
        common.show(answer) {
            if let agent = answer["agent"]?.stringValue {
                print("`\(Table.inert(agent))` gets it, by \(answer["matchedBy"]?.stringValue ?? "").")
            } else {
                print("Nobody gets it: \(Table.inert(answer["why"]?.stringValue ?? "")).")
            }
            var table = Table(.whole("AGENT"), "MATCH", "WHY")
            for binding in answer["bindings"]?.arrayValue ?? [] {
                table.add(
                    binding["agentId"]?.stringValue ?? "", BindingText.whole(binding["match"]),
                    binding["why"]?.stringValue ?? "")
            }
            table.show(whenEmpty: "There are no bindings.")
        }
    }
}

enum BindingText {
    /// Such as `slack/help channel:C1`.
    static func whole(_ match: JSON?) -> String {
        let channel = match?["channel"]?.stringValue ?? ""
        let account = match?["accountId"]?.stringValue.map { "/\($0)" } ?? ""
        let conditions = conditions(match)
        return channel + account + (conditions.isEmpty ? "" : " \(conditions)")
    }

    /// Everything but channel and account.
    static func conditions(_ match: JSON?) -> String {
        let peer = match?["peer"].map { "\($0["kind"]?.stringValue ?? ""):\($0["id"]?.stringValue ?? "")" }
        let guild = match?["guildId"]?.stringValue.map { "guild \($0)" }
        let team = match?["teamId"]?.stringValue.map { "team \($0)" }
        let roles = AgentText.list(match?["roles"])
        return [peer, guild, team, roles.isEmpty ? nil : "roles \(roles)"].compactMap(\.self).joined(separator: ", ")
    }
}
