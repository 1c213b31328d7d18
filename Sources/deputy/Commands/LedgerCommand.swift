import ArgumentParser
import Wire

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "What happened, and the proof that nothing of it was altered.",
        subcommands: [LedgerTailCommand.self, LedgerShowCommand.self, LedgerVerifyCommand.self])
}

struct TreeOptions: ParsableArguments {
    @Option(help: "The tree: `system`, or without it the organization's.")
    var tree: String?

    func name(_ common: CommonOptions) async throws -> String {
        if let tree { return tree }
        let organization = try await common.send("GET", ["organization"])
        return "organization/\(organization["id"]?.stringValue ?? "")"
    }
}

struct LedgerTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tail", abstract: "The latest records.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var tree: TreeOptions

    @Option(help: "How many.")
    var count = 20

    func run() async throws {
        let answer = try await common.send(
            "GET", ["ledger", try await tree.name(common)], query: ["from": "-\(count)", "limit": "\(count)"])
        common.show(answer) {
            for record in answer["records"]?.arrayValue ?? [] { print(LedgerText.line(record)) }
        }
    }
}

struct LedgerShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One record, whole.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var tree: TreeOptions

    @Argument(help: "Its index.")
    var index: Int

    func run() async throws {
        let answer = try await common.send(
            "GET", ["ledger", try await tree.name(common)], query: ["from": "\(max(index, 0))", "limit": "1"])
        guard let record = answer["records"]?.arrayValue?.first, record["index"]?.integerValue == Int64(index) else {
            throw CommandFailure(
                .refused, "unknown", "there is no record \(index)",
                hint: "the tree has \(answer["size"]?.text ?? "0") records, counted from 0")
        }
        print(record.pretty())
    }
}

struct LedgerVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify every tree from its records, its checkpoints and the public key.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("POST", ["ledger", "verify"])
        let isIntact = answer["intact"]?.boolValue == true
        common.show(answer) {
            for tree in answer["trees"]?.arrayValue ?? [] { print(LedgerText.report(tree)) }
        }
        if !isIntact { throw ExitCode(CommandExit.unproven.rawValue) }
    }
}

/// How records are told to people.
enum LedgerText {
    static func line(_ record: JSON) -> String {
        var words = [record["index"]?.text ?? "", record["kind"]?.stringValue ?? ""]
        for key in ["change", "agent", "requester", "tool", "verdict", "request", "outcome", "withheld", "call"] {
            if let value = record[key] { words.append("\(key)=\(value.stringValue ?? value.text)") }
        }
        if let account = record["credential"]?["account"]?.stringValue { words.append("account=\(account)") }
        if let rule = record["findings"]?[0]?["rule"]?.stringValue { words.append("rule=\(rule)") }
        return Table.inert(words.joined(separator: "  "))
    }

    static func report(_ tree: JSON) -> String {
        let name = tree["tree"]?.stringValue ?? ""
        if tree["intact"]?.boolValue == true {
            let unsigned = tree["unsigned"]?.integerValue ?? 0
            return "\(name): \(tree["records"]?.text ?? "0") records intact"
                + (unsigned == 0 ? ", all signed" : ", the last \(unsigned) not signed yet")
        }
        return "\(name): record \(tree["position"]?.text ?? "?") is the first that isn't shown to be good: "
            + "\(tree["message"]?.stringValue ?? "")"
    }
}
