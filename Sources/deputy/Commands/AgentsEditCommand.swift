import ArgumentParser
import Wire

struct AgentsEditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Change what an agent may do. What is new with people's own accounts waits until each has agreed.",
        discussion: """
            With `--by-link` it is changed by you, not by the operator of the home: you need the right to edit it, and its \
            owner alone lifts what is asked for, or opens more of the agent's own accounts. `deputy login NAME` prints the \
            link.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    @Option(help: "A tool to add, a glob such as `notion.*`, or a group such as `group:notion`.")
    var tool: [String] = []

    @Option(help: "A tool to take from those that its definition names.")
    var withoutTool: [String] = []

    @Option(
        help: ArgumentHelp(
            "A provider to add and whose connection it needs, such as `notion:person`.", valueName: "provider:owner"))
    var slot: [String] = []

    @Option(help: "A tool that it never calls from now on.")
    var deny: [String] = []

    @Option(help: "A tool that asks first from now on.")
    var ask: [String] = []

    @Option(help: "An account of its own that it may be by a service account or an assertion from now on.")
    var subject: [String] = []

    @Option(help: "An account that it may be no longer.")
    var withoutSubject: [String] = []

    @Option(help: "The most tokens that its models may use in a day; 0 for no limit.")
    var tokensPerDay: Int?

    @Option(help: "The same for each person, and each guest.")
    var tokensPerPersonPerDay: Int?

    @Option(help: "How its programs are to be confined: off, non-main or all.")
    var sandbox: String?

    @Option(help: "How many days its records are to be kept.")
    var auditDays: Int?

    @Flag(help: "The agent acts with a person's own account, and those who gain reach through it are meant to.")
    var acknowledgeOwnAccount = false

    @Option(help: "A tool to take from those that it never calls.")
    var withoutDeny: [String] = []

    @Option(help: "A tool to take from those that ask first.")
    var withoutAsk: [String] = []

    @Option(help: "A provider to take from it, such as `notion:person`.")
    var withoutSlot: [String] = []

    @Flag(help: "As yourself, with your own one-time link, which is read at the prompt or from standard input.")
    var byLink = false

    func run() async throws {
        let answer =
            if byLink {
                try await TerminalAgent(agent: agent).edit(body)
            } else {
                try await common.send(
                    "POST", ["agents", agent, "edit"], body: try body(try await common.send("GET", ["agents", agent])))
            }
        common.show(answer) { AgentText.show(answer) }
    }

    /// What to change of the definition as it is: of two who change it at once, the second is told.
    private func body(_ before: JSON) throws -> JSONObject {
        var body: JSONObject = ["acknowledgeOwnAccount": .bool(acknowledgeOwnAccount)]
        body["expecting"] = before["digest"]
        let lists: [(key: String, add: [String], remove: [String])] = [
            ("tools", tool, withoutTool), ("slots", slot, withoutSlot), ("deny", deny, withoutDeny),
            ("ask", ask, withoutAsk),
            ("subjects", subject, withoutSubject),
        ]
        for list in lists where !(list.add + list.remove).isEmpty {
            let now = (before[list.key]?.arrayValue ?? []).compactMap(\.stringValue)
            if let missing = list.remove.first(where: { !now.contains($0) }) {
                throw CommandFailure(
                    .refused, "unknown",
                    "the \(list.key == "ask" ? "tools that ask" : list.key) of `\(agent)` don't name `\(missing)`",
                    hint: suggestion(for: missing, among: now) ?? "see `deputy agents show \(agent)`")
            }
            let next = now.filter { !list.remove.contains($0) } + list.add.filter { !now.contains($0) }
            body[list.key] = .array(next.map { .string($0) })
        }
        let limits = [("tokensPerDay", tokensPerDay), ("tokensPerPersonPerDay", tokensPerPersonPerDay)]
        if limits.contains(where: { $0.1 != nil }) {
            var budget = before["budget"]?.objectValue ?? [:]
            for case (let key, let tokens?) in limits {
                budget[key] = tokens == 0 ? nil : .number(JSONNumber(tokens))
            }
            body["budget"] = .object(budget)
        }
        if let sandbox {
            var kept = before["about"]?["sandbox"]?.objectValue ?? [:]
            kept["mode"] = .string(sandbox)
            body["sandbox"] = .object(kept)
        }
        if let auditDays { body["audit"] = ["retainDays": .number(JSONNumber(auditDays))] }
        return body
    }
}
