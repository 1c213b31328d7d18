import ArgumentParser
import Glibc
import Wire

/// The files of a definition and how they are taken.
struct DefinitionOptions: ParsableArguments {
    @Argument(help: "Definition files in JSON5. Together they define each thing once. `-` reads standard input.")
    var file: [String]

    @Flag(help: "Each file is one agent's object alone.")
    var asAgent = false

    @Option(help: "Who owns agents whose files name nobody.")
    var owner: String?

    func body() throws -> JSONObject {
        var body: JSONObject = [:]
        try DefinitionFiles(names: file, asAgent: asAgent, owner: owner).add(to: &body)
        return body
    }
}

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "What applying definition files would change, and what that newly allows.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var definition: DefinitionOptions

    @Flag(help: "Exit 0 when nothing would change, 4 when something would.")
    var exitCode = false

    @Flag(help: "With what `apply --prune` would suspend.")
    var prune = false

    func run() async throws {
        var body = try definition.body()
        body["prune"] = .bool(prune)
        let plan = try await common.send("POST", ["plan"], body: body)
        common.show(plan) { PlanText.show(plan, before: definition.file) }
        if exitCode, plan["changes"]?.boolValue == true {
            FileHandleOutput.flush()
            throw ExitCode(CommandExit.differs.rawValue)
        }
    }
}

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Bring the home to what definition files say, whole or not at all.",
        discussion: "What no file names is left alone, unless it is to be pruned.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var definition: DefinitionOptions

    @Flag(help: "Don't ask first.")
    var yes = false

    @Flag(help: "Agents act with a person's own account, and those who gain reach through it are meant to.")
    var acknowledgeOwnAccount = false

    @Flag(help: "Undo what was changed by other means since the last apply.")
    var overwriteDrift = false

    @Flag(help: "Suspend agents that an earlier apply added and that no file names any more. Nothing is deleted.")
    var prune = false

    func run() async throws {
        var body = try definition.body()
        body["acknowledgeOwnAccount"] = .bool(acknowledgeOwnAccount)
        body["overwriteDrift"] = .bool(overwriteDrift)
        body["prune"] = .bool(prune)
        let plan = try await common.send("POST", ["plan"], body: body)
        let isChange = plan["changes"]?.boolValue == true
        if isChange, !yes, !common.json, isatty(STDIN_FILENO) == 1 {
            PlanText.show(plan, before: definition.file)
            print("\nApply this? Only `yes` does: ", terminator: "")
            FileHandleOutput.flush()
            guard readLine() == "yes" else {
                throw CommandFailure(.refused, "declined", "nothing was changed")
            }
        }
        // Exactly what was shown: if the home has changed meanwhile, it is refused.
        body["expecting"] = plan["digest"]
        let applied = try await common.send("POST", ["apply"], body: body)
        common.show(applied) {
            PlanText.show(applied)
            if isChange { print("Applied.") }
        }
    }
}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the home's definition in the format that `apply` takes.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        // Beside the definition, which has to stay one that `apply` takes.
        for drift in try await common.send("GET", ["drift"])["drift"]?.arrayValue ?? [] {
            FileHandleOutput.standardError("drift: \(PlanText.drift(drift))\n")
        }
        print(try await common.send("GET", ["export"]).pretty())
    }
}
