import ArgumentParser
import Wire

struct SessionsResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Have one session begin anew.",
        discussion: """
            What is under way in it ends, it forgets what it has seen, and nothing of before is shown to a model again. What was \
            done is done; what was said stays on its person's page. People do the same with `/new` or `/reset`.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The session's id.")
    var id: String

    func run() async throws {
        let answer = try await common.send("POST", ["sessions", "reset"], body: ["id": .string(id)])
        common.show(answer) {
            let stopped = answer["stopped"]?.integerValue ?? 0
            print("\(id) begins anew." + (stopped == 0 ? "" : " Turns that were ended: \(stopped)."))
        }
    }
}
