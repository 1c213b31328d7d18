import ArgumentParser
import Wire

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Where models are asked.",
        discussion: """
            An agent asks the models of its own definition, first choice first, and one that names none those of its \
            organization. Another order, or several changes at once, are made in the definition: `deputy apply`.
            """,
        subcommands: [ModelsAddCommand.self, ModelsListCommand.self, ModelsRemoveCommand.self])
}

struct ModelsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Say where a model is asked: behind the others, or in the place of one of the same name.",
        discussion: """
            The key is a connection of the agent that asks (`anthropic:agent`, made with `deputy connections add anthropic \
            --agent NAME`) or of the organization (`anthropic:organization`, made with `--organization`). A server of your \
            own that wants no key is named by `--base`. `offline` is no model: it makes the tool calls that are written out \
            in a message, and says so.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "Its name here.")
    var name: String

    @Option(help: "The agent that asks it. Without it, all that name no models.")
    var agent: String?

    @Option(help: "How it is spoken to: anthropic, openai-chat, openai-responses or offline.")
    var speaks: String

    @Option(help: "The model's own name there.")
    var model: String?

    @Option(help: ArgumentHelp("Whose key it is asked with.", valueName: "provider:owner"))
    var key: String?

    @Option(help: "Where the server is, with `/v1` or without; at a key's own host when left out.")
    var base: String?

    @Option(help: "The most tokens of one reply; 4096 unless said.")
    var longestReply: Int?

    @Option(help: "The most tokens of a question and its reply together, as the model's maker says.")
    var context: Int?

    @Option(
        name: .customLong("may-read"),
        help: "A class of data that may go there: contacts or financial. May be repeated.")
    var classes: [String] = []

    @Option(help: "What it can be shown besides words: pictures. As the model's maker says.")
    var sees: [String] = []

    func run() async throws {
        var body: JSONObject = ["name": .string(name), "speaks": .string(speaks)]
        if !classes.isEmpty { body["mayRead"] = .array(classes.map { .string($0) }) }
        if !sees.isEmpty { body["sees"] = .array(sees.map { .string($0) }) }
        body["agent"] = agent.map { .string($0) }
        body["model"] = model.map { .string($0) }
        body["key"] = key.map { .string($0) }
        body["base"] = base.map { .string($0) }
        body["longestReply"] = longestReply.map { .number(JSONNumber($0)) }
        body["context"] = context.map { .number(JSONNumber($0)) }
        let answer = try await common.send("POST", ["models"], body: body)
        common.show(answer) {
            print("The model `\(name)` can be asked by \(agent.map { "`\($0)`" } ?? "agents that name none").")
        }
    }
}

struct ModelsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List where models are asked.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["models"])
        common.show(answer) {
            var table = Table("AGENT", "NAME", "SPEAKS", "MODEL", "AT", "KEY", "MAY READ", "SEES")
            for model in answer["models"]?.arrayValue ?? [] {
                table.add(
                    model["agent"]?.stringValue ?? "(others)", model["name"]?.stringValue ?? "",
                    model["speaks"]?.stringValue ?? "", model["model"]?.stringValue ?? "",
                    model["base"]?.stringValue ?? "", model["key"]?.stringValue ?? "",
                    AgentText.list(model["mayRead"]), AgentText.list(model["sees"]))
            }
            table.show(whenEmpty: "No model can be asked yet: see `deputy models add --help`.")
        }
    }
}

struct ModelsRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Ask a model no more; the next one of the list is asked.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "Its name.")
    var name: String

    @Option(help: "The agent whose definition names it. Without it, the organization's.")
    var agent: String?

    func run() async throws {
        let answer = try await common.send("DELETE", ["models"] + (agent.map { [$0] } ?? []) + [name])
        common.show(answer) { print("The model `\(name)` isn't asked any more.") }
    }
}
