import ArgumentParser
import Wire

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Where models are asked, and which of them an agent asks.",
        subcommands: [
            ModelsAddCommand.self, ModelsListCommand.self, ModelsRemoveCommand.self, ModelsChooseCommand.self,
        ])
}

struct ModelsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Say where a model is asked; over an earlier one of the same name.",
        discussion: """
            An agent asks the model called `default` unless `deputy models choose` says otherwise. The key is an agent's
            connection: `deputy connections add anthropic --agent NAME`. A server of your own that wants no key is named by
            `--base`. `offline` is no model: it makes the tool calls that are written out in a message, and says so.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "Its name here.")
    var name: String

    @Option(help: "How it is spoken to: anthropic, openai-chat, openai-responses or offline.")
    var speaks: String

    @Option(help: "The model's own name there.")
    var model: String?

    @Option(help: "The agent's connection that holds the key.")
    var connection: String?

    @Option(help: "Scheme, host and port of a server that wants no key.")
    var base: String?

    @Option(help: "The most tokens of one reply; 4096 unless said.")
    var longestReply: Int?

    @Option(help: "The most tokens of a question and its reply together, as the model's maker says.")
    var context: Int?

    @Option(
        name: .customLong("may-read"),
        help: "A class of data that may go there: contacts or financial. May be repeated.")
    var classes: [String] = []

    func run() async throws {
        var body: JSONObject = [
            "name": .string(name), "speaks": .string(speaks), "classes": .array(classes.map { .string($0) }),
        ]
        body["model"] = model.map { .string($0) }
        body["connection"] = connection.map { .string($0) }
        body["base"] = base.map { .string($0) }
        body["longest_reply"] = longestReply.map { .number(JSONNumber($0)) }
        body["context"] = context.map { .number(JSONNumber($0)) }
        let answer = try await common.send("POST", ["models"], body: body)
        common.show(answer) { print("The model `\(name)` can be asked.") }
    }
}

struct ModelsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List where models are asked.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["models"])
        common.show(answer) {
            var table = Table(.whole("NAME"), "SPEAKS", "MODEL", "BASE", "CONNECTION", "MAY READ")
            for model in answer["models"]?.arrayValue ?? [] {
                table.add(
                    model["name"]?.stringValue ?? "", model["speaks"]?.stringValue ?? "",
                    model["model"]?.stringValue ?? "", model["base"]?.stringValue ?? "",
                    model["connection"]?.stringValue ?? "", AgentText.list(model["classes"]))
            }
            table.show(whenEmpty: "No model can be asked yet: see `deputy models add --help`.")
        }
    }
}

struct ModelsRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Ask a model no more. Agents that chose it ask their next one.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "Its name here.")
    var name: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["models", name])
        common.show(answer) { print("The model `\(name)` isn't asked any more.") }
    }
}

struct ModelsChooseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "choose", abstract: "Say which models an agent asks, first choice first.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    @Argument(help: "The models: the next one is asked when the one before doesn't answer.")
    var models: [String]

    @Option(help: "The most tokens that the agent may use on one day.")
    var tokensPerDay: Int?

    @Option(help: "The most tokens that it may use on one day for one person, or one guest.")
    var tokensPerPersonPerDay: Int?

    func run() async throws {
        var body: JSONObject = ["models": .array(models.map { .string($0) })]
        body["tokens_per_day"] = tokensPerDay.map { .number(JSONNumber($0)) }
        body["tokens_per_person_per_day"] = tokensPerPersonPerDay.map { .number(JSONNumber($0)) }
        let answer = try await common.send("POST", ["agents", agent, "models"], body: body)
        common.show(answer) { print("`\(agent)` asks \(models.joined(separator: ", then ")).") }
    }
}
