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
    var serviceAccount: String?

    @Option(help: "When the new key ends: a day such as 2027-05-31.")
    var keyExpires: String?

    @Option(help: "Give no key now, but have it replaced every so many days from now on: 90d, or never.")
    var every: String?

    func validate() throws {
        guard (every == nil) != (serviceAccount == nil), every == nil || keyExpires == nil else {
            throw ValidationError("give either the new key with --service-account, or a schedule with --every")
        }
    }

    func run() async throws {
        if let every {
            let answer = try await common.send("POST", ["connections", id, "rotate"], body: ["every": .string(every)])
            return common.show(answer) { print(RotationText.line(answer, of: "The key of `\(id)`")) }
        }
        let file = serviceAccount ?? ""
        var body: JSONObject = [
            "key": .string(try SecretInput.read(from: file, for: id)), "file": .string(file),
        ]
        body["keyEnds"] = try keyExpires.map { .string("\(try Moment.parse($0, as: "--key-expires"))") }
        let answer = try await common.send("POST", ["connections", id, "rotate"], body: body)
        common.show(answer) { print("`\(id)` uses the new key; the old one is destroyed here.") }
    }
}
