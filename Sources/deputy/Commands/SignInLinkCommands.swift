import ArgumentParser
import Wire

struct SignInLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Say whose a login is.",
        discussion: "Whoever the provider calls so is that person here from then on. Make sure of the subject.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person.")
    var person: String

    @Option(help: "The provider.")
    var provider: String?

    @Option(help: "The issuer, where nobody signs in with it (`deputy issuers`).")
    var issuer: String?

    @Option(help: "What the provider calls the person: the `sub` of its tokens. A refused sign-in shows it.")
    var subject: String

    func validate() throws {
        guard (provider == nil) != (issuer == nil) else { throw ValidationError("give either --provider or --issuer") }
    }

    func run() async throws {
        var body: JSONObject = ["person": .string(person), "subject": .string(subject)]
        body["provider"] = provider.map { .string($0) }
        body["issuer"] = issuer.map { .string($0) }
        let answer = try await common.send("POST", ["sign-in", "logins"], body: body)
        common.show(answer) { print("`\(subject)` at `\(provider ?? issuer ?? "")` is `\(person)`.") }
    }
}

struct SignInUnlinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlink", abstract: "Take a login from its person. The browsers that it signed in are signed out.")

    @OptionGroup var common: CommonOptions

    @Option(help: "The provider.")
    var provider: String?

    @Option(help: "The issuer, where the provider was removed.")
    var issuer: String?

    @Option(help: "What the provider calls the person.")
    var subject: String

    func validate() throws {
        guard (provider == nil) != (issuer == nil) else { throw ValidationError("give either --provider or --issuer") }
    }

    func run() async throws {
        var body: JSONObject = ["subject": .string(subject)]
        body["provider"] = provider.map { .string($0) }
        body["issuer"] = issuer.map { .string($0) }
        let answer = try await common.send("POST", ["sign-in", "logins", "unlink"], body: body)
        common.show(answer) { print("`\(subject)` is nobody's login any more.") }
    }
}

struct SignInLinksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links", abstract: "Turn one-time links on or off.",
        discussion: """
            While they are off people sign in with a provider alone. The operator of the home can always turn them on \
            again, which the ledger records.
            """)

    enum State: String, CaseIterable, ExpressibleByArgument {
        case on, off
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: "on or off.")
    var state: State

    func run() async throws {
        let answer = try await common.send("POST", ["sign-in", "links"], body: ["links": .bool(state == .on)])
        common.show(answer) { print("One-time links are \(state).") }
    }
}
