import ArgumentParser
import Wire

struct AppsRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give the app another secret, while the one before still works.",
        discussion: """
            Make a second secret with the provider first. It is used at once; the one before is kept until the provider \
            has answered to the new one, and used as long as it doesn't. End the old one there after that: `deputy apps \
            list` says when.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The provider, such as gmail.")
    var provider: String

    @Option(help: "The agent whose own app it is.")
    var agent: String?

    @Option(help: "Read the new client secret from a file. Without it from standard input, or asked for.")
    var secretFile: String?

    @Option(help: "For an app that signs: the new private key in a PEM file, with its certificate if it has one.")
    var keyFile: String?

    @Option(help: "With --key-file and without a certificate: what the provider calls the key.")
    var keyID: String?

    @Option(help: "When the new one ends: a day such as 2027-05-31.")
    var secretExpires: String?

    @Option(help: "Give no secret now, but have it replaced every so many days from now on: 90d, or never.")
    var every: String?

    func validate() throws {
        guard every == nil || (keyFile == nil && secretFile == nil && secretExpires == nil) else {
            throw ValidationError("--every sets a schedule, and no secret is given with it")
        }
        guard keyFile == nil || secretFile == nil else { throw ValidationError("give either a secret or a key") }
        guard keyID == nil || keyFile != nil else { throw ValidationError("--key-id names the key of a --key-file") }
    }

    func run() async throws {
        var body: JSONObject = [:]
        body["agent"] = agent.map { .string($0) }
        if let every {
            body["every"] = .string(every)
            let answer = try await common.send("POST", ["apps", provider, "rotate"], body: body)
            return common.show(answer) { print(RotationText.line(answer, of: "The secret of `\(provider)`")) }
        }
        body["secretEnds"] = try secretExpires.map { .string("\(try Moment.parse($0, as: "--secret-expires"))") }
        if let keyFile {
            body["key"] = .string(try SecretInput.read(from: keyFile, for: provider))
            body["file"] = .string(keyFile)
            body["keyID"] = keyID.map { .string($0) }
        } else {
            body["secret"] = .string(try SecretInput.read(from: secretFile, for: provider))
        }
        let answer = try await common.send("POST", ["apps", provider, "rotate"], body: body)
        common.show(answer) {
            print("The new secret of `\(provider)` is used from now on.")
            print("The one before is kept until `\(provider)` has answered to the new one: see `deputy apps list`.")
        }
    }
}

/// What is said of a schedule.
enum RotationText {
    static func line(_ answer: JSON, of what: String) -> String {
        guard let days = answer["every_days"]?.integerValue, let by = answer["replace_by"]?.integerValue else {
            return "\(what) has no schedule any more."
        }
        return "\(what) is to be replaced every \(days) days, next by \(Moment.text(by).prefix(10)). "
            + "You are told before that: nobody but you can make another with the provider."
    }
}
