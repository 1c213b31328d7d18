import ArgumentParser
import Wire

struct ConnectionsRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give a service account's connection another key of the same account.",
        discussion: """
            The provider is asked for a token with the new key first: without one the old key stays. End the old key at \
            the provider after that.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The connection's id.")
    var id: String

    @Option(help: "The JSON key file of the new key.")
    var serviceAccount: String

    @Option(help: "When the new key ends: a day such as 2027-05-31.")
    var keyExpires: String?

    func run() async throws {
        var body: JSONObject = [
            "key": .string(try SecretInput.read(from: serviceAccount, for: id)), "file": .string(serviceAccount),
        ]
        body["keyEnds"] = try keyExpires.map { .string("\(try Moment.parse($0, as: "--key-expires"))") }
        let answer = try await common.send("POST", ["connections", id, "rotate"], body: body)
        common.show(answer) { print("`\(id)` uses the new key; the old one is destroyed here.") }
    }
}
