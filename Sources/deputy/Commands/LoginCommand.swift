import ArgumentParser
import Wire

struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Print a one-time link with which a person signs in in their browser.",
        discussion: """
            Whoever opens the link within ten minutes and presses its button is that person, once. Hand it to nobody else. \
            The ledger records that it was made.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person who signs in.")
    var person: String

    func run() async throws {
        let answer = try await common.send("POST", ["logins"], body: ["person": .string(person)])
        common.show(answer) {
            print(answer["link"]?.stringValue ?? "")
            FileHandleOutput.standardError("For `\(person)` alone: it works once, within ten minutes.\n")
        }
    }
}
