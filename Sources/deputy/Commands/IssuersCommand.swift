import ArgumentParser
import Wire

struct IssuersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issuers", abstract: "Issuers whose tokens your agents' clients exchange for ours.",
        discussion: """
            A client that has its user's token of such an issuer exchanges it at the token endpoint (RFC 8693), or brings \
            the issuer's leave for it (ID-JAG). The person is whoever the login is linked to: its issuer and subject.
            """,
        subcommands: [IssuersAddCommand.self, IssuersListCommand.self, IssuersRemoveCommand.self])
}

struct IssuersAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Take an issuer's word about who its users are.",
        discussion: "Its keys are asked for first, and it is kept only if they can be used.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "What the issuer is called here.")
    var name: String

    @Option(help: "The issuer, exactly as its tokens write it, such as https://id.example.")
    var issuer: String

    @Option(help: "Where its keys lie (JWKS). Without it, where what it publishes about itself says so.")
    var keys: String?

    @Option(
        help: """
            Which client may bring tokens that were made for this audience: AUDIENCE=CLIENT. May be given several times.
            """)
    var audience: [String] = []

    @Flag(help: "Take its leave for clients (ID-JAG, enterprise-managed authorization).")
    var idJag = false

    @Option(help: "The claim that names the person, where it isn't `sub`.")
    var subjectClaim = "sub"

    @Option(help: "A signature that is taken of it: RS256, PS256, ES256, EdDSA. Several times; without it all of them.")
    var algorithm: [String] = []

    @Flag(help: "Each of its tokens is exchanged once only.")
    var once = false

    func validate() throws {
        for pair in audience where pair.lastIndex(of: "=").map({ $0 == pair.startIndex }) ?? true {
            throw ValidationError("--audience is AUDIENCE=CLIENT, such as api://notes=app_1")
        }
    }

    func run() async throws {
        var body: JSONObject = [
            "name": .string(name), "issuer": .string(issuer), "subject": .string(subjectClaim),
            "algorithms": .array(algorithm.map { .string($0) }), "idJag": .bool(idJag), "once": .bool(once),
            "audiences": .array(
                audience.compactMap { pair in
                    pair.lastIndex(of: "=").map { equals in
                        [
                            "audience": .string(String(pair[..<equals])),
                            "client": .string(String(pair[pair.index(after: equals)...])),
                        ]
                    }
                }),
        ]
        body["keys"] = keys.map { .string($0) }
        let answer = try await common.send("POST", ["issuers"], body: body)
        common.show(answer) {
            print("Tokens of `\(name)` are exchanged for ours, for people whose logins are linked.")
            print("Next: `deputy sign-in link PERSON --issuer \(issuer) --subject SUBJECT`.")
        }
    }
}

struct IssuersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the issuers, and which clients bring tokens for which audience.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["issuers"])
        common.show(answer) {
            var table = Table(.whole("ISSUER"), "ADDRESS", "AUDIENCES", "ID-JAG", "ONCE")
            for issuer in answer["issuers"]?.arrayValue ?? [] {
                let audiences = (issuer["audiences"]?.arrayValue ?? []).map {
                    "\($0["audience"]?.stringValue ?? "")=\($0["client"]?.stringValue ?? "")"
                }
                table.add(
                    issuer["name"]?.stringValue ?? "", issuer["issuer"]?.stringValue ?? "",
                    audiences.joined(separator: " "), issuer["idJag"]?.boolValue == true ? "yes" : "no",
                    issuer["once"]?.boolValue == true ? "yes" : "no")
            }
            table.show(whenEmpty: "There are no issuers yet. Add one with `deputy issuers add`.")
        }
    }
}

struct IssuersRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take an issuer's word no more. What came of its tokens ends.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The issuer, by its name here.")
    var name: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["issuers", name])
        common.show(answer) { print("Removed `\(name)`. What came of its tokens has ended.") }
    }
}
