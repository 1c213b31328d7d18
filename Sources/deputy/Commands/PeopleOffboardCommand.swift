import ArgumentParser
import Wire

struct PeopleOffboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offboard",
        abstract: "End everything that could act as a person who leaves or for them, at once and for good.",
        discussion: """
            One commit ends tokens, consents, sessions, approvals, windows, agreements, shares, roles and connections; \
            credentials are destroyed and their providers told. Agents that are theirs need somebody who gets them: \
            `--agents-to`. What was done is printed line by line, and what remains. Repeated, it finishes what a crash left. \
            `people add` takes the same person in anew: nothing of what they had comes back.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person.")
    var id: String

    @Option(help: "Who gets the agents that are theirs.")
    var agentsTo: String?

    @Flag(help: "Show what would be done. Nothing is changed.")
    var dryRun = false

    func run() async throws {
        var body: JSONObject = [:]
        body["agentsTo"] = agentsTo.map { .string($0) }
        if dryRun { body["dryRun"] = true }
        let answer = try await common.send("POST", ["people", id, "offboard"], body: body)
        common.show(answer) {
            print(heading(answer))
            lines(answer["ended"])
            lines(answer["agents"])
            if let remains = answer["remains"]?.arrayValue, !remains.isEmpty {
                print("\nWhat remains:")
                lines(answer["remains"])
            }
        }
    }

    private func heading(_ answer: JSON) -> String {
        let by = Table.inert(answer["by"]?.stringValue ?? "")
        return switch answer["state"]?.stringValue {
        case "planned": "Nothing was changed. `deputy people offboard \(id)` would end:"
        case "already": "`\(id)` was offboarded before, by \(by): nothing of theirs was left to end."
        case "finished": "`\(id)` was cut off before, by \(by), and all of it is finished now:"
        default: "`\(id)` is offboarded. Ended:"
        }
    }

    private func lines(_ list: JSON?) {
        for line in list?.arrayValue ?? [] { print("  \(Table.inert(line["text"]?.stringValue ?? ""))") }
    }
}
