import ArgumentParser
import Wire

struct AgentsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add an agent.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent's name, as it stands in `/mcp/NAME`.")
    var name: String

    @Option(help: "assistant, claw or delegate. Without it the agent can do nothing until it is set.")
    var actsAs: String?

    @Option(help: "The person who owns it.")
    var owner: String

    @Option(
        help: ArgumentHelp(
            "A provider and whose connection it needs, such as `notion:person`.", valueName: "provider:owner"))
    var slot: [String] = []

    @Option(help: "A tool, a glob such as `notion.*`, or a group such as `group:notion`.")
    var tool: [String] = []

    @Option(help: "The only tools that it may call; without it what its slots and tools provide.")
    var allow: [String] = []

    @Option(help: "A tool that it never calls.")
    var deny: [String] = []

    @Option(help: "A tool that always asks first.")
    var ask: [String] = []

    @Option(help: "Who may use it: `everyone`, or people separated by commas. Without it the owner alone.")
    var users: String?

    @Option(help: "A person who may approve beside the owner.")
    var approver: [String] = []

    @Option(help: "A delegate's tier, 1 to 3.")
    var tier: Int?

    @Option(help: "A delegate's principal.")
    var principal: [String] = []

    @Option(help: "An account of its own that it may be by a service account or an assertion: a mail address.")
    var subject: [String] = []

    @Option(
        help: ArgumentHelp(
            "Tools that need no approval for this class of destination: nobody or insiders.",
            valueName: "tools=destinations"))
    var lift: [String] = []

    @Option(help: "How its programs are to be confined: off, non-main or all.")
    var sandbox: String?

    @Option(help: "How many days its records are to be kept.")
    var auditDays: Int?

    @Option(help: "How many calls it may make in a minute.")
    var callsPerMinute: Int?

    @Option(help: "How many calls it may make in a day.")
    var callsPerDay: Int?

    func run() async throws {
        let answer = try await common.send("POST", ["agents"], body: try body())
        common.show(answer) { AgentText.show(answer) }
    }

    private func body() throws -> JSONObject {
        var body: JSONObject = ["id": .string(name), "owner": .string(owner)]
        let lists: [(String, [String])] = [
            ("slots", slot), ("tools", tool), ("allow", allow), ("deny", deny), ("ask", ask), ("approvers", approver),
            ("principals", principal), ("subjects", subject),
        ]
        for (key, values) in lists where !values.isEmpty { body[key] = .array(values.map { .string($0) }) }
        body["actsAs"] = actsAs.map { .string($0) }
        body["tier"] = tier.map { .number(JSONNumber($0)) }
        if let users {
            body["users"] =
                users == "everyone"
                ? "everyone" : .array(users.split(separator: ",").map { .string(String($0)) })
        }
        let lifts = try Pair.parse(lift, as: "--lift")
        if !lifts.isEmpty {
            body["lift"] = .array(lifts.map { ["tools": .string($0.key), "destinations": .string($0.value)] })
        }
        var about: JSONObject = [:]
        if let sandbox { about["sandbox"] = ["mode": .string(sandbox)] }
        if let auditDays { about["audit"] = ["retainDays": .number(JSONNumber(auditDays))] }
        if !about.isEmpty { body["about"] = .object(about) }
        var budget: JSONObject = [:]
        budget["callsPerMinute"] = callsPerMinute.map { .number(JSONNumber($0)) }
        budget["callsPerDay"] = callsPerDay.map { .number(JSONNumber($0)) }
        if !budget.isEmpty { body["budget"] = .object(budget) }
        return body
    }
}
