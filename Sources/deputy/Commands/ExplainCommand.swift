import ArgumentParser
import Wire

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why a call was decided as it was; or what one would come to, as whom, and why. Nothing is done.",
        usage: """
            deputy explain <call id or index in the ledger>
            deputy explain <agent> <tool> --as <person> [--arguments <json>] [--with <file> …]
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "A call's id or the index of a record of it; or an agent, with a tool.")
    var callOrAgent: String

    @Argument(help: "The tool.")
    var tool: String?

    @Option(name: .customLong("as"), help: "The person who asks.")
    var person: String?

    @Option(help: ArgumentHelp("The arguments, as a JSON object.", valueName: "json"))
    var arguments = "{}"

    @Option(
        name: .customLong("with"),
        help: "Of what would hold once this definition file were applied. May be given several times.")
    var file: [String] = []

    @Flag(help: "Each file is one agent's object alone.")
    var asAgent = false

    @Option(help: "Who owns agents whose files name nobody.")
    var owner: String?

    func validate() throws {
        guard tool != nil || file.isEmpty else {
            throw ValidationError("a call that was made is explained as it was; leave out `--with`")
        }
        guard (tool == nil) == (person == nil) else {
            throw ValidationError("a call that wasn't made has an agent, a tool and `--as`, the person who asks")
        }
    }

    func run() async throws {
        guard let tool, let person else {
            let answer = try await common.send("GET", ["calls", callOrAgent])
            return common.show(answer) { CallText.show(answer) }
        }
        let parsed: JSON
        do {
            parsed = try JSON.parse(Array(arguments.utf8))
        } catch {
            throw CommandFailure(
                .refused, "invalid", "`--arguments` isn't JSON: \(error)",
                hint: #"write it as '{"name": "value"}', in quotes for the shell"#)
        }
        var body: JSONObject = [
            "agent": .string(callOrAgent), "person": .string(person), "tool": .string(tool), "arguments": parsed,
        ]
        if !file.isEmpty { try DefinitionFiles(names: file, asAgent: asAgent, owner: owner).add(to: &body) }
        let answer = try await common.send("POST", ["explain"], body: body)
        common.show(answer) { show(answer) }
    }

    private func show(_ answer: JSON) {
        let behalf = answer["on_behalf_of"]?.stringValue.map { ", on behalf of \($0)" } ?? ""
        print("\(answer["verdict"]?.stringValue ?? "")\(behalf)")
        if let note = answer["note"]?.stringValue { print("  \(Table.inert(note))") }
        if let connection = answer["connection"]?.stringValue { print("  with connection \(connection)") }
        if let standing = answer["connection_state"] { ConnectionText.explain(standing) }
        for finding in answer["findings"]?.arrayValue ?? [] {
            let layer = finding["layer"]?.text ?? ""
            let message = Table.inert(finding["message"]?.stringValue ?? "")
            print("  layer \(layer) (\(finding["rule"]?.stringValue ?? "")): \(message)")
            let approvers = AgentText.list(finding["approvers"])
            if !approvers.isEmpty { print("    who may agree: \(approvers)") }
            if let wayOut = finding["way_out"]?.stringValue { print("    way out: \(wayOut)") }
        }
    }
}
