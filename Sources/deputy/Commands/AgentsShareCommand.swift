import ArgumentParser
import Wire

struct AgentsShareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "share",
        abstract: "Share an agent, after saying who gains which reach through whose account.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    @Option(name: .customLong("with"), help: "person:NAME, group:NAME or organization.")
    var grantee: String

    @Option(help: "use, edit, edit-memory or clone. May be given several times; without it use.")
    var right: [String] = []

    @Option(
        name: .customLong("channel"),
        help: "Where alone it may be used, such as slack/help/C0123456789. May be given several times.")
    var channels: [String] = []

    @Flag(help: "The agent acts with a person's own account, and those who gain reach through it are meant to.")
    var acknowledgeOwnAccount = false

    @Flag(help: "Say what the share would come to, and do nothing.")
    var dryRun = false

    func run() async throws {
        let body: JSONObject = [
            "with": .string(grantee), "rights": .array((right.isEmpty ? ["use"] : right).map { .string($0) }),
            "channels": .array(channels.map { .string($0) }), "acknowledgeOwnAccount": .bool(acknowledgeOwnAccount),
            "preflight": .bool(dryRun),
        ]
        let answer = try await common.send("POST", ["agents", agent, "shares"], body: body)
        common.show(answer) {
            for warning in answer["warnings"]?.arrayValue ?? [] {
                print("warning: \(Table.inert(warning["message"]?.stringValue ?? ""))")
            }
            let warnings = answer["warnings"]?.arrayValue?.count ?? 0
            for sentence in (answer["sentences"]?.arrayValue ?? []).dropFirst(warnings) {
                print(Table.inert(sentence.stringValue ?? ""))
            }
            for place in answer["channels"]?.arrayValue ?? [] {
                let name = "`\(place["place"]?.stringValue ?? "")` (\(place["name"]?.stringValue ?? ""))"
                print(Table.inert("\(name) has \(place["sentence"]?.stringValue ?? "")"))
                print(Table.inert("Of them could use it there: \(AgentText.list(place["gaining"]))"))
            }
            if answer["gains"]?.arrayValue?.isEmpty == true { print("Nobody gains reach by it.") }
            print(
                dryRun
                    ? "Nothing was shared."
                    : "Shared `\(agent)` with `\(grantee)`: \(AgentText.list(answer["rights"])).")
        }
    }
}

struct AgentsUnshareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unshare",
        abstract: "Take a share back, with the tokens, agreements, approvals and windows that stood on it.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    @Option(name: .customLong("with"), help: "person:NAME, group:NAME or organization.")
    var grantee: String

    @Option(help: "One right only. May be given several times; without it all of them.")
    var right: [String] = []

    @Option(name: .customLong("channel"), help: "In one place only. May be given several times.")
    var channels: [String] = []

    func run() async throws {
        let answer = try await common.send(
            "POST", ["agents", agent, "unshare"],
            body: [
                "with": .string(grantee), "rights": .array(right.map { .string($0) }),
                "channels": .array(channels.map { .string($0) }),
            ])
        common.show(answer) { print("`\(agent)` is no longer shared so with `\(grantee)`.") }
    }
}

struct AgentsSharesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shares", abstract: "List with whom an agent is shared, by whom and for what.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    func run() async throws {
        let answer = try await common.send("GET", ["agents", agent, "shares"])
        common.show(answer) {
            print("Its definition names: \(Table.inert(AgentText.users(answer)))")
            var table = Table(.whole("WITH"), "RIGHTS", "WHERE", "BY")
            for share in answer["shares"]?.arrayValue ?? [] {
                table.add(
                    share["with"]?.stringValue ?? "", AgentText.list(share["rights"]),
                    share["channels"].map { AgentText.list($0) } ?? "everywhere", share["by"]?.stringValue ?? "")
            }
            table.show(whenEmpty: "It isn't shared beyond that. Share it with `deputy agents share`.")
        }
    }
}
