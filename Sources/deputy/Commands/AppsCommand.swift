import ArgumentParser
import Wire

struct AppsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apps", abstract: "What providers know this home by: their OAuth clients.",
        discussion: """
            Somebody of your organization registers an app once with each provider, such as Google or Slack. People and \
            agents then connect their accounts through it. An agent may have an app of its own, such as its bot in Slack: \
            its own account, and what people connect for it, then goes through that one.
            """,
        subcommands: [AppsAddCommand.self, AppsRotateCommand.self, AppsListCommand.self, AppsRemoveCommand.self])
}

struct AppsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Keep the client id and the secret that a provider gave us.",
        discussion: "The secret is read from a file, from standard input, or asked for.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The provider, such as gmail.")
    var provider: String

    @Option(help: "The client id that the provider gave us.")
    var clientID: String

    @Option(help: "Read the client secret from a file. Without it from standard input, or asked for.")
    var secretFile: String?

    @Option(
        help: "How we say who we are: basic, post, or none for a public client. Without it as the provider wants it.")
    var auth: SignInAddCommand.Authentication?

    @Option(
        help:
            "Sign with a private key instead of keeping a secret: a PEM file, with the key's certificate if it has one."
    )
    var keyFile: String?

    @Option(
        help: "With --key-file and without a certificate: what the provider calls the key. Without it its thumbprint.")
    var keyID: String?

    @Option(
        help:
            "When the secret or the certificate ends: a day such as 2027-05-31. It is told of 30, 7 and 1 days before.")
    var secretExpires: String?

    @Option(help: "The agent whose own app it is. Without it the app is this home's, for everybody who has no other.")
    var agent: String?

    @Option(
        name: .customLong("app-id"),
        help: "What the provider calls the app, such as Slack's A0123456789: an answer for another is refused.")
    var appID: String?

    @Flag(help: "Take the place of the app that is there. What another client id was granted ends.")
    var replace = false

    func validate() throws {
        guard keyID == nil || keyFile != nil else { throw ValidationError("--key-id names the key of a --key-file") }
        guard keyFile == nil || (secretFile == nil && auth == nil) else {
            throw ValidationError("a key takes the place of a secret: give --key-file alone")
        }
    }

    func run() async throws {
        var body: JSONObject = [
            "provider": .string(provider), "client": .string(clientID), "replace": .bool(replace),
        ]
        body["secretEnds"] = try secretExpires.map { .string("\(try Moment.end($0, as: "--secret-expires"))") }
        body["agent"] = agent.map { .string($0) }
        body["app"] = appID.map { .string($0) }
        body["authentication"] = auth.map { .string($0.word) }
        if let keyFile {
            body["key"] = .string(try SecretInput.read(from: keyFile, for: provider))
            body["file"] = .string(keyFile)
            body["keyID"] = keyID.map { .string($0) }
        } else if auth != SignInAddCommand.Authentication.none {
            body["secret"] = .string(try SecretInput.read(from: secretFile, for: provider))
        }
        let answer = try await common.send("POST", ["apps"], body: body)
        common.show(answer) {
            print("`\(provider)` knows \(agent.map { "`\($0)`" } ?? "this home") as `\(clientID)`.")
            if let redirect = answer["redirect_uri"]?.stringValue {
                print("Tell the provider the redirect URI \(redirect)")
            } else {
                print("Next: start the gateway, and see with `deputy apps list` which redirect URI the provider needs.")
            }
        }
    }
}

struct AppsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the apps, with the redirect URIs that the providers need.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["apps"])
        common.show(answer) {
            var apps = Table(.whole("PROVIDER"), "OF", "CLIENT", "AUTHENTICATION", "SECRET", "REDIRECT URI")
            for app in answer["apps"]?.arrayValue ?? [] {
                apps.add(
                    app["provider"]?.stringValue ?? "", app["agent"]?.stringValue ?? "this home",
                    app["client"]?.stringValue ?? "",
                    app["authentication"]?.stringValue ?? "", AppsListCommand.secret(app),
                    app["redirect_uri"]?.stringValue ?? "")
            }
            apps.show(whenEmpty: "There are no apps yet. Add one with `deputy apps add`.")
        }
    }
}

extension AppsListCommand {
    /// `until 2027-05-31; replace by 2027-02-20; new, not proven yet`.
    private static func secret(_ app: JSON) -> String {
        let ends = app["secret_ends"]?.integerValue.map { "until \(Moment.text($0).prefix(10))" }
        let scheduled =
            app["automatic"] != nil
            ? nil : app["replace_by"]?.integerValue.map { "replace by \(Moment.text($0).prefix(10))" }
        let rotating = app["rotating"]?.boolValue == true ? "new, not proven yet" : nil
        let automatic = app["automatic"].map(RotationText.automatic)
        return [ends, scheduled, automatic, rotating].compactMap(\.self).joined(separator: "; ")
    }
}

struct AppsRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget an app. What it was granted isn't renewed any more.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The provider.")
    var provider: String

    @Option(help: "The agent whose own app it is.")
    var agent: String?

    func run() async throws {
        let answer = try await common.send("DELETE", ["apps", provider] + (agent.map { [$0] } ?? []))
        common.show(answer) {
            print("The app of \(agent.map { "`\($0)`" } ?? "this home") at `\(provider)` is forgotten.")
        }
    }
}
