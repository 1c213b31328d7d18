import ArgumentParser
import FoundationEssentials
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

    private func standardInput() -> String {
        var text = ""
        while let line = readLine(strippingNewline: false) { text += line }
        return text
    }

    func body() throws -> JSONObject {
        var files: [JSON] = []
        for name in file {
            let text: String
            do {
                text =
                    name == "-"
                    ? standardInput()
                    : try String(contentsOfFile: name, encoding: .utf8)
            } catch {
                throw CommandFailure(.refused, "invalid", "`\(name)` can't be read", hint: "give a file in UTF-8")
            }
            files.append(["name": .string(name == "-" ? "standard input" : name), "text": .string(text)])
        }
        var body: JSONObject = ["files": .array(files), "asAgent": .bool(asAgent)]
        body["owner"] = owner.map { .string($0) }
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

    func run() async throws {
        let plan = try await common.send("POST", ["plan"], body: try definition.body())
        common.show(plan) { PlanText.show(plan) }
        if exitCode, plan["changes"]?.boolValue == true {
            FileHandleOutput.flush()
            throw ExitCode(CommandExit.differs.rawValue)
        }
    }
}

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Bring the home to what definition files say, whole or not at all.",
        discussion: "What no file names is left alone.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var definition: DefinitionOptions

    @Flag(help: "Don't ask first.")
    var yes = false

    @Flag(help: "Agents act with a person's own account, and those who gain reach through it are meant to.")
    var acknowledgeOwnAccount = false

    func run() async throws {
        var body = try definition.body()
        body["acknowledgeOwnAccount"] = .bool(acknowledgeOwnAccount)
        let plan = try await common.send("POST", ["plan"], body: body)
        guard plan["changes"]?.boolValue == true else {
            return common.show(plan) { PlanText.show(plan) }
        }
        if !yes, !common.json, isatty(STDIN_FILENO) == 1 {
            PlanText.show(plan)
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
            print("Applied.")
        }
    }
}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the home's definition in the format that `apply` takes.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        print(try await common.send("GET", ["export"]).pretty())
    }
}

private enum PlanText {
    static func show(_ plan: JSON) {
        guard plan["changes"]?.boolValue == true else {
            print("Nothing to change.")
            return notes(plan)
        }
        for change in plan["organization"]?.arrayValue ?? [] { show(change, "organization") }
        for person in plan["people"]?.arrayValue ?? [] { print("~ person \(Table.inert(person.stringValue ?? ""))") }
        for agent in plan["agents"]?.arrayValue ?? [] {
            let isNew = agent["change"]?.stringValue == "add"
            print("\(isNew ? "+" : "~") agent \(Table.inert(agent["agent"]?.stringValue ?? ""))")
            for key in agent["keys"]?.arrayValue ?? [] { show(key, "") }
            for sentence in agent["newly"]?.arrayValue ?? [] { print("  ! \(Table.inert(sentence.stringValue ?? ""))") }
            if agent["newly"]?.arrayValue?.isEmpty == true { print("  allows nothing new") }
            for warning in agent["warnings"]?.arrayValue ?? [] {
                print("  warning: \(Table.inert(warning.stringValue ?? ""))")
            }
            for replay in (agent["replay"]?.arrayValue ?? []).prefix(3) {
                print("    see: \(Table.inert(replay.stringValue ?? ""))")
            }
        }
        if plan["bindings"]?.boolValue == true { print("~ bindings") }
        notes(plan)
    }

    private static func show(_ change: JSON, _ name: String) {
        let before = change["before"].map { $0.isNull ? "nothing" : $0.text } ?? "nothing"
        let after = change["after"].map { $0.isNull ? "nothing" : $0.text } ?? "nothing"
        print("    \(name) \(change["key"]?.stringValue ?? ""): \(Table.inert(before)) → \(Table.inert(after))")
    }

    private static func notes(_ plan: JSON) {
        let unavailable = (plan["unavailable"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !unavailable.isEmpty {
            print("Kept, and not served yet: \(Table.inert(unavailable.joined(separator: ", ")))")
        }
        let unnamed = (plan["unnamed"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !unnamed.isEmpty { print("Not in these files, and left alone: \(unnamed.joined(separator: ", "))") }
    }
}
