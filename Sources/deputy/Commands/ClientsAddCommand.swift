import ArgumentParser
import Wire

struct ClientsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Print or write a client's configuration for an agent. It never holds the token.",
        discussion: """
            Such files are often committed, so the token comes from the environment, and VS Code asks for it. What is \
            in the file already stays.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The client: claude (Claude Code), vscode, cursor or python.")
    var client: ClientKind

    @Argument(help: "The agent that it reaches.")
    var agent: String

    @Option(
        defaultAsFlag: "",
        help: ArgumentHelp(
            "Write the client's usual file in this folder, or the one that is named.", valueName: "file"))
    var write: String?

    @Flag(help: "Replace an entry of the same name, or a program.")
    var force = false

    @Option(help: "What the client calls it. Without it deputy-AGENT.")
    var name: String?

    @Option(help: "How the client reaches the gateway, such as https://deputy.example. Without it as the gateway says.")
    var url: String?

    @Option(help: ArgumentHelp("The environment variable that holds the token.", valueName: "name"))
    var variable = "DEPUTY_TOKEN"

    func validate() throws {
        let isName =
            !variable.isEmpty && variable.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard isName, variable.first?.isNumber == false else {
            throw ValidationError("--variable is the name of an environment variable, such as DEPUTY_TOKEN")
        }
    }

    func run() async throws {
        // Whoever is told of an agent that isn't there would look for the mistake in their client.
        _ = try await common.send("GET", ["agents", agent])
        let entry = ClientEntry(
            name: name ?? "deputy-\(agent)", url: try await address() + "/mcp/" + PercentEncoding.encode(agent),
            variable: variable)
        let text: String
        var written: String?
        if let configured = client.configured {
            let file = write.map { $0.isEmpty ? configured.file : $0 }
            text = try ClientFile.text(
                try file.flatMap(TextFile.read), with: entry, for: configured, at: file ?? configured.file,
                isForced: force)
            written = file
        } else {
            text = PythonClient.text(entry, agent: agent)
            written = write.map { $0.isEmpty ? "\(entry.name.replacing("-", with: "_")).py" : $0 }
            if let written, !force, let there = try TextFile.read(written), there != text {
                throw CommandFailure(
                    .refused, "exists", "`\(written)` is there already", hint: "replace it with `--force`")
            }
        }
        if let written { try TextFile.write(text, to: written) }
        show(entry, text, written)
    }

    private func address() async throws -> String {
        if let url { return try PublicURL.parse(url, as: "--url") }
        guard let known = try await common.send("GET", ["organization"])["url"]?.stringValue else {
            throw CommandFailure(
                .refused, "unknown", "nothing says how a client reaches this gateway",
                hint: "start it with `deputy serve`, or name it with `--url https://deputy.example`")
        }
        return known
    }

    private func show(_ entry: ClientEntry, _ text: String, _ written: String?) {
        if common.json {
            var answer: JSONObject = [
                "client": .string(client.rawValue), "agent": .string(agent), "name": .string(entry.name),
                "url": .string(entry.url), "variable": .string(variable),
            ]
            answer["text"] = written == nil ? .string(text) : JSON?.none
            answer["written"] = written.map { .string($0) }
            return print(JSON.object(answer).pretty())
        }
        if let written { print("Wrote `\(entry.name)` to \(written).") } else { print(text, terminator: "") }
        FileHandleOutput.flush()
        FileHandleOutput.standardError(advice(entry, written))
    }

    /// On standard error, so that standard output holds the configuration and nothing else.
    private func advice(_ entry: ClientEntry, _ written: String?) -> String {
        let token = """

            The token isn't in it. For a person's token: `deputy tokens create PERSON --agent \(agent)`, and they take \
            the code up.

            """
        let export = "Then, in the shell that starts it: read -rs \(variable) && export \(variable)\n"
        switch client {
        case .claude:
            let command = """
                claude mcp add --scope project --transport http \(entry.name) \(entry.url) \
                --header 'Authorization: Bearer ${\(variable)}'
                """
            return token + export + (written == nil ? "It belongs into .mcp.json; or run: \(command)\n" : "")
        case .cursor:
            return token + export + (written == nil ? "It belongs into .cursor/mcp.json.\n" : "")
        case .vscode:
            return token + "VS Code asks for it once and keeps it in its secret storage.\n"
                + (written == nil ? "It belongs into .vscode/mcp.json.\n" : "")
        case .python:
            return token + export + "It needs: pip install 'mcp>=2'\n"
        }
    }
}
