import ArgumentParser
import Wire

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "What happened, and the proof that nothing of it was altered.",
        subcommands: [
            LedgerTailCommand.self, LedgerShowCommand.self, LedgerVerifyCommand.self,
            LedgerProveCommand.self, LedgerExportCommand.self,
        ])
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
        let name = try await tree.name(common)
        var records: [JSON] = []
        let size = try await common.eachPage(of: name, from: -Int64(count)) { records += $0 }
        common.show(["tree": .string(name), "size": .number(JSONNumber(size)), "records": .array(records)]) {
            for record in records { print(LedgerText.line(record)) }
        }
    }

    func validate() throws {
        guard count > 0 else { throw ValidationError("--count is a number from 1") }
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
