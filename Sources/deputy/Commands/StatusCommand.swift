import ArgumentParser
import Wire

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How the gateway does: its health and its figures on one screen.",
        discussion: "What `/readyz` and `/metrics` say, with the reasons. `deputy doctor` looks deeper.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["status"])
        let figures = StatusFigures(answer)
        common.show(answer) {
            figures.fields.show()
            for check in answer["checks"]?.arrayValue ?? [] {
                guard let reason = check["reason"]?.stringValue else { continue }
                print("\(check["state"]?.stringValue ?? ""): \(Table.inert(reason))")
            }
        }
        if answer["checks"]?.arrayValue?.contains(where: { $0["state"]?.stringValue == "bad" }) == true {
            throw ExitCode(CommandExit.unproven.rawValue)
        }
    }
}
