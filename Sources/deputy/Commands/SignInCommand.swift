import ArgumentParser
import Wire

struct SignInCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-in", abstract: "How people sign in: OpenID Connect providers, and whose their logins are.",
        discussion: """
            A login is what a provider calls a person: its issuer and its subject, and nothing else. A mail address never \
            says who somebody is.
            """,
        subcommands: [
            SignInAddCommand.self, SignInListCommand.self, SignInRemoveCommand.self, SignInLinkCommand.self,
            SignInUnlinkCommand.self, SignInLinksCommand.self,
        ])
}

struct SignInAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Let people sign in with an OpenID Connect provider.",
        discussion: """
            The provider is asked first, and kept only if it can be used. What it has to be told of this home is printed. \
            The secret is read from a file, from standard input, or asked for.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "What the provider is called here, on pages and in addresses.")
    var name: String

    @Option(help: "The provider's issuer, exactly as it writes it, such as https://id.example.")
    var issuer: String

    @Option(help: "The client id that the provider gave us.")
    var clientID: String

    @Option(help: "Read the client secret from a file. Without it from standard input, or asked for.")
    var secretFile: String?

    @Option(help: "How we say who we are: basic, post, or none for a public client, which has no secret.")
    var auth = Authentication.basic

    @Option(help: "What to ask for beside openid. May be given several times.")
    var scope: [String] = []

    @Option(help: "The claim that lists a person's groups: a name, or a pointer such as /realm_access/roles.")
    var groupsClaim: String?

    @Option(help: "Whoever is in this group there is in that group here: THERE=HERE. May be given several times.")
    var group: [String] = []

    @Flag(help: "Change the provider of this name, such as to a new secret. Who is signed in with it stays so.")
    var replace = false

    enum Authentication: String, CaseIterable, ExpressibleByArgument {
        case basic, post, none

        var word: String { self == .none ? "none" : "client_secret_\(rawValue)" }
    }

    func validate() throws {
        guard (groupsClaim == nil) == group.isEmpty else {
            throw ValidationError("--groups-claim and --group come together")
        }
        for pair in group where pair.lastIndex(of: "=").map({ $0 == pair.startIndex }) ?? true {
            throw ValidationError("--group is THERE=HERE, such as engineering=builders")
        }
    }

    func run() async throws {
        var body: JSONObject = [
            "name": .string(name), "issuer": .string(issuer), "client": .string(clientID),
            "authentication": .string(auth.word), "scopes": .array(scope.map { .string($0) }),
            "replace": .bool(replace),
        ]
        if auth != .none { body["secret"] = .string(try SecretInput.read(from: secretFile, for: name)) }
        body["claim"] = groupsClaim.map { .string($0) }
        if !group.isEmpty { body["groups"] = .object(mapping) }
        let answer = try await common.send("POST", ["sign-in"], body: body)
        common.show(answer) {
            print(
                replace ? "Changed `\(name)`." : "People can sign in with `\(name)`, once their logins are linked.")
            guard let redirect = answer["redirect_uri"]?.stringValue else {
                print("Next: start the gateway, and see with `deputy sign-in list` what the provider has to be told.")
                return
            }
            print("Tell the provider: redirect URI            \(redirect)")
            print("                   after signing out       \(answer["post_logout_redirect_uri"]?.stringValue ?? "")")
            print("                   back-channel logout URI \(answer["logout_uri"]?.stringValue ?? "")")
            print("Next: `deputy sign-in link PERSON --provider \(name) --subject SUBJECT`, or people link their own")
            print("login on their page of browsers.")
        }
    }

    private var mapping: JSONObject {
        var groups: JSONObject = [:]
        for pair in group {
            guard let equals = pair.lastIndex(of: "=") else { continue }
            let (theirs, ours) = (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
            groups[theirs] = .array((groups[theirs]?.arrayValue ?? []) + [.string(ours)])
        }
        return groups
    }
}

struct SignInListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the providers, and whose logins are linked.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["sign-in"])
        common.show(answer) {
            var providers = Table(.whole("PROVIDER"), "ISSUER", "CLIENT", "GROUPS", "REDIRECT URI")
            for provider in answer["providers"]?.arrayValue ?? [] {
                providers.add(
                    provider["name"]?.stringValue ?? "", provider["issuer"]?.stringValue ?? "",
                    provider["client"]?.stringValue ?? "", SignInAddCommand.text(provider["groups"]),
                    provider["redirect_uri"]?.stringValue ?? "")
            }
            providers.show(whenEmpty: "There are no providers yet. Add one with `deputy sign-in add`.")
            var logins = Table(.whole("PERSON"), "PROVIDER", "SUBJECT", "LINKED BY")
            for login in answer["logins"]?.arrayValue ?? [] {
                logins.add(
                    login["person"]?.stringValue ?? "",
                    login["provider"]?.stringValue ?? login["issuer"]?.stringValue ?? "",
                    login["subject"]?.stringValue ?? "", login["by"]?.stringValue ?? "")
            }
            logins.show(whenEmpty: "No login is linked to anybody.")
            print("One-time links are \(answer["links"]?.boolValue == false ? "off" : "on").")
        }
    }
}

extension SignInAddCommand {
    fileprivate static func text(_ groups: JSON?) -> String {
        (groups?.objectValue?.members ?? []).map { "\($0.key)=\(AgentText.list($0.value))" }.joined(separator: " ")
    }
}

struct SignInRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a provider. The browsers that it signed in are signed out.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The provider.")
    var name: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["sign-in", name])
        common.show(answer) { print("Removed `\(name)`.") }
    }
}
