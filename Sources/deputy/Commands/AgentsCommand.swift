import ArgumentParser
import Authority
import Wire

struct AgentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents", abstract: "The organization's agents.",
        subcommands: [
            AgentsAddCommand.self, AgentsListCommand.self, AgentsShowCommand.self, AgentsSetIdentityCommand.self,
            AgentsEditCommand.self, AgentsShareCommand.self, AgentsUnshareCommand.self, AgentsSharesCommand.self,
            AgentsCloneCommand.self, AgentsWorkspaceCommand.self, AgentsSuspendCommand.self, AgentsResumeCommand.self,
        ])
}

struct AgentsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the agents.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["agents"])
        common.show(answer) {
            var table = Table(.whole("AGENT"), "ACTS AS", "OWNER", "USERS", "SLOTS", "TOOLS")
            for agent in answer["agents"]?.arrayValue ?? [] {
                table.add(
                    agent["id"]?.stringValue ?? "", agent["actsAs"]?.stringValue ?? "(not set)",
                    agent["owner"]?.stringValue ?? "", AgentText.users(agent), AgentText.list(agent["slots"]),
                    String(agent["allowedTools"]?.arrayValue?.count ?? 0))
            }
            table.show(whenEmpty: "There are no agents yet. Add one with `deputy agents add`.")
        }
    }
}

struct AgentsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one agent: whose credentials it uses, for whom, and for what.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    func run() async throws {
        let answer = try await common.send("GET", ["agents", agent])
        common.show(answer) { AgentText.show(answer) }
    }
}

struct AgentsSetIdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-identity", abstract: "Set an agent's identity. Once: it never changes afterwards.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    @Argument(help: "assistant, claw or delegate.")
    var actsAs: String

    @Option(help: "A delegate's tier, 1 to 3.")
    var tier: Int?

    @Option(help: "A delegate's principal. May be given several times.")
    var principal: [String] = []

    func run() async throws {
        var body: JSONObject = [
            "actsAs": .string(actsAs), "principals": .array(principal.map { .string($0) }),
        ]
        body["tier"] = tier.map { .number(JSONNumber($0)) }
        let answer = try await common.send("POST", ["agents", agent, "identity"], body: body)
        common.show(answer) { AgentText.show(answer) }
    }
}

/// How agents are told to people.
enum AgentText {
    static func users(_ agent: JSON) -> String { agent["users"]?.stringValue ?? list(agent["users"]) }

    static func list(_ value: JSON?) -> String {
        (value?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: " ")
    }

    static func show(_ agent: JSON) {
        let standing = agent["standing"]?.stringValue
        let tools = list(agent["allowedTools"])
        var fields = Fields()
        fields.add("agent", agent["id"]?.stringValue)
        fields.add("acts as", meaning(agent["actsAs"]?.stringValue))
        fields.add("standing", standing == "active" ? nil : standing)
        fields.add("tier", agent["tier"]?.text)
        fields.add("principals", list(agent["principals"]))
        fields.add("owner", agent["owner"]?.stringValue)
        fields.add("users", users(agent))
        fields.add("slots", list(agent["slots"]))
        fields.add("tools", tools.isEmpty ? "none" : tools)
        fields.add("denied", list(agent["deny"]))
        fields.add("asks before", list(agent["ask"]))
        fields.add("approvers", list(agent["approvers"]))
        fields.add("may be", list(agent["subjects"]))
        fields.show()
    }

    private static func meaning(_ actsAs: String?) -> String {
        switch actsAs.flatMap(ActsAs.init(rawValue:)) {
        case .none: "(not set: it can do nothing)"
        case .assistant: "assistant: for whoever asks, with that person's own connections"
        case .claw: "claw: as itself, with its own connections, whoever asks"
        case .delegate: "delegate: as itself, on behalf of its principals"
        }
    }
}
