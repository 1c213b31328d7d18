import ArgumentParser
import Wire

struct ConnectionsChooseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "choose",
        abstract: "Say which of several accounts an agent uses. No other one ever takes its place.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The connection's id.")
    var id: String

    @Option(help: "The agent that uses it.")
    var agent: String

    @Option(help: "The person whose account it is. Without it, it is the agent's own.")
    var person: String?

    func run() async throws {
        var body: JSONObject = ["connection": .string(id), "agent": .string(agent)]
        body["person"] = person.map { .string($0) }
        let answer = try await common.send("POST", ["choices"], body: body)
        common.show(answer) {
            print(
                "\(agent) uses \(Table.inert(answer["account_name"]?.stringValue ?? id)) at "
                    + "`\(answer["provider"]?.stringValue ?? "")`"
                    + (person.map { " for \($0)." } ?? "."))
        }
    }
}

struct ConnectionsTakeBackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take-back",
        abstract: "Take back which account an agent uses. It then uses one only where there is just one.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The provider.")
    var provider: String

    @Option(help: "The agent.")
    var agent: String

    @Option(help: "The person whose accounts they are. Without it, they are the agent's own.")
    var person: String?

    func run() async throws {
        var body: JSONObject = ["provider": .string(provider), "agent": .string(agent)]
        body["person"] = person.map { .string($0) }
        let answer = try await common.send("POST", ["choices", "take-back"], body: body)
        common.show(answer) { print("Taken back.") }
    }
}

struct ConnectionsChoicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "choices", abstract: "List which account each agent uses, where somebody has said so.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["choices"])
        common.show(answer) {
            var table = Table("AGENT", "OWNER", "PROVIDER", "ACCOUNT", "HEALTH", .whole("CONNECTION"))
            for choice in answer["choices"]?.arrayValue ?? [] {
                table.add(
                    choice["agent"]?.stringValue ?? "", choice["owner"]?.stringValue ?? "",
                    choice["provider"]?.stringValue ?? "", choice["account_name"]?.stringValue ?? "",
                    choice["health"]?.stringValue ?? "", choice["connection"]?.stringValue ?? "")
            }
            table.show(whenEmpty: "Nothing was chosen. `deputy connections choose` chooses.")
        }
    }
}
