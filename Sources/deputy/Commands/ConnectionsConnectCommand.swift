import ArgumentParser
import Wire

struct ConnectionsConnectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Print the link with which a person connects an account in their browser.",
        discussion: """
            The link works for that one person alone, signed in in their own browser; it carries no authority and doesn't \
            run out. They are sent to the provider, agree there, and see whose account it is before it is kept. An agent's \
            own account is connected by the agent's owner.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The provider.")
    var provider: String

    @Option(help: "The person who owns it.")
    var person: String?

    @Option(help: "The agent that owns it.")
    var agent: String?

    func validate() throws {
        guard (person == nil) != (agent == nil) else {
            throw ValidationError("a connection has one owner: give either --person or --agent")
        }
    }

    func run() async throws {
        var body: JSONObject = ["provider": .string(provider)]
        body["person"] = person.map { .string($0) }
        body["agent"] = agent.map { .string($0) }
        let answer = try await common.send("POST", ["connections", "connect"], body: body)
        common.show(answer) {
            print(answer["link"]?.stringValue ?? "")
            FileHandleOutput.standardError(
                "For `\(answer["person"]?.stringValue ?? "")` alone, signed in in a browser.\n")
        }
    }
}
