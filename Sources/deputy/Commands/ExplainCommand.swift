import ArgumentParser
import Wire

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "What a call would come to, as whom, and why. Nothing is done.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    @Argument(help: "The tool.")
    var tool: String

    @Option(name: .customLong("as"), help: "The person who asks.")
    var person: String

    @Option(help: "The arguments, as a JSON object.")
    var arguments = "{}"

    func run() async throws {
        let parsed: JSON
        do {
            parsed = try JSON.parse(Array(arguments.utf8))
        } catch {
            throw CommandFailure(.refused, "invalid", "`--arguments` isn't JSON: \(error)")
        }
        let answer = try await common.send(
            "POST", ["explain"],
            body: [
                "agent": .string(agent), "person": .string(person), "tool": .string(tool), "arguments": parsed,
            ])
        common.show(answer) { show(answer) }
    }

    private func show(_ answer: JSON) {
        let behalf = answer["on_behalf_of"]?.stringValue.map { ", on behalf of \($0)" } ?? ""
        print("\(answer["verdict"]?.stringValue ?? "")\(behalf)")
        if let connection = answer["connection"]?.stringValue { print("  with connection \(connection)") }
        for finding in answer["findings"]?.arrayValue ?? [] {
            let layer = finding["layer"]?.text ?? ""
            print(
                "  layer \(layer) (\(finding["rule"]?.stringValue ?? "")): \(Table.inert(finding["message"]?.stringValue ?? ""))"
            )
            let approvers = AgentText.list(finding["approvers"])
            if !approvers.isEmpty { print("    who may agree: \(approvers)") }
            if let wayOut = finding["way_out"]?.stringValue { print("    way out: \(wayOut)") }
        }
    }
}
