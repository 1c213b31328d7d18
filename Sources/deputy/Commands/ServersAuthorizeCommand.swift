import ArgumentParser
import Wire

/// How the tokens of a remote server are to be had.
struct AuthorizationOptions: ParsableArguments {
    @Option(help: "The authorization server, where the server names several. Nobody else chooses.")
    var issuer: String?

    @Option(
        name: .customLong("scope"),
        help: "A permission that the server may ask people for, beyond those that it lists. May be repeated.")
    var scopes: [String] = []

    @Flag(help: "Let this home register itself with the authorization server, where nobody has registered it by hand.")
    var register = false

    var isEmpty: Bool { issuer == nil && scopes.isEmpty && !register }

    func add(to body: inout JSONObject) {
        if let issuer { body["issuer"] = .string(issuer) }
        body["scopes"] = .array(scopes.map { .string($0) })
        body["register"] = .bool(register)
    }

    static func show(_ answer: JSON, _ name: String) {
        let authorization = answer["authorization"]
        print("Its tokens come from \(authorization?["issuer"]?.stringValue ?? "")")
        let scopes = (authorization?["scopes"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !scopes.isEmpty { print("The most that it may ask for: \(scopes.joined(separator: ", "))") }
        if let client = answer["client"]?.stringValue {
            print("It knows this home as \(client)")
            print(
                "Next: `deputy connections connect \(name) --person NAME` (or `--agent NAME`), then `deputy servers refresh \(name)`; a person looks at its tools on their page."
            )
        } else if let next = answer["next"]?.stringValue {
            print("It doesn't know this home yet: \(next)")
        }
    }
}

struct ServersAuthorizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize",
        abstract: "Ask a server where its tokens come from, and keep that.",
        discussion: """
            What it says later is compared and not followed: then nobody connects there until you run this again. With another \
            authorization server, what was connected before has to be connected anew.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The server.")
    var name: String

    @OptionGroup var authorization: AuthorizationOptions

    func run() async throws {
        var body: JSONObject = [:]
        authorization.add(to: &body)
        let answer = try await common.send("POST", ["servers", name, "authorize"], body: body)
        common.show(answer) { AuthorizationOptions.show(answer, name) }
    }
}
