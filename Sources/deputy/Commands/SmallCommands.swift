import ArgumentParser
import Wire

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at the home for what is wrong or unsafe.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["doctor"])
        let findings = answer["findings"]?.arrayValue ?? []
        common.show(answer) {
            for finding in findings {
                print("\(finding["grade"]?.stringValue ?? ""): \(Table.inert(finding["message"]?.stringValue ?? ""))")
                if let hint = finding["hint"]?.stringValue { print("  \(Table.inert(hint))") }
            }
        }
        if findings.contains(where: { $0["grade"]?.stringValue == "bad" }) {
            throw ExitCode(CommandExit.unproven.rawValue)
        }
    }
}

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "The kill switch: no agent does anything until `deputy resume`.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("POST", ["stop"])
        common.show(answer) { print("Everything is stopped. `deputy resume` clears it.") }
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Clear the kill switch.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("POST", ["resume"])
        common.show(answer) { print("Agents act again.") }
    }
}
