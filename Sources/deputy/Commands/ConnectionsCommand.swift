import ArgumentParser
import Wire

struct ConnectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections", abstract: "Credentials at providers, and whose they are.",
        subcommands: [
            ConnectionsAddCommand.self, ConnectionsConnectCommand.self, ConnectionsListCommand.self,
            ConnectionsShowCommand.self, ConnectionsRevokeCommand.self, ConnectionsRotateCommand.self,
            ConnectionsWidenCommand.self,
            ConnectionsUnusedScopesCommand.self,
            ConnectionsAttentionCommand.self,
            ConnectionsChooseCommand.self,
            ConnectionsTakeBackCommand.self, ConnectionsChoicesCommand.self,
        ])
}

struct ConnectionsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a credential. Its provider is asked whose it is, and it is kept only if that is its owner.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The provider.")
    var provider: String

    @Option(help: "The person who owns it.")
    var person: String?

    @Option(help: "The agent that owns it.")
    var agent: String?

    @Flag(help: "The organization itself owns it: the key of a model, for agents whose definition names it.")
    var organization = false

    @Option(help: "Read the secret from a file. Without it from standard input, or asked for.")
    var secretFile: String?

    @Flag(help: "The account is that of the agent's owner, who shares it with everybody who may use the agent.")
    var sharedWithOwner = false

    @OptionGroup var grants: GrantOptions

    func validate() throws {
        guard [person != nil, agent != nil, organization].count(where: \.self) == 1 else {
            throw ValidationError("a connection has one owner: give either --person, --agent or --organization")
        }
        try grants.check(agent: agent, secretFile: secretFile)
    }

    func run() async throws {
        let answer = grants.isGiven ? try await grant() : try await paste()
        common.show(answer) {
            let account = answer["account_name"]?.stringValue ?? ""
            let email = answer["email"]?.stringValue.map { " <\($0)>" } ?? ""
            print(
                "Connected \(answer["owner"]?.stringValue ?? "") to `\(provider)` as \(Table.inert(account + email)).")
            print("Its id is \(answer["id"]?.stringValue ?? "").")
        }
    }

    private func paste() async throws -> JSON {
        let secret = try SecretInput.read(from: secretFile, for: provider)
        var body: JSONObject = ["provider": .string(provider), "secret": .string(secret)]
        body["person"] = person.map { .string($0) }
        body["agent"] = agent.map { .string($0) }
        if organization { body["organization"] = true }
        if sharedWithOwner { body["sharedWithOwner"] = true }
        return try await common.send("POST", ["connections"], body: body)
    }
}

struct ConnectionsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the connections.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["connections"])
        common.show(answer) {
            var table = Table(.whole("ID"), "PROVIDER", "OWNER", "ACCOUNT", "STATE")
            for connection in answer["connections"]?.arrayValue ?? [] {
                table.add(
                    connection["id"]?.stringValue ?? "", connection["provider"]?.stringValue ?? "",
                    connection["owner"]?.stringValue ?? "",
                    connection["email"]?.stringValue ?? connection["account_name"]?.stringValue ?? "",
                    ConnectionText.state(connection))
            }
            table.show(
                whenEmpty:
                    "There are no connections yet. `deputy connections connect` prints a link to make one, `add` takes a key."
            )
            for connection in answer["connections"]?.arrayValue ?? [] { ConnectionText.showTrouble(connection) }
        }
    }
}

struct ConnectionsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one connection: whose it is, and which account it reaches.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The connection's id.")
    var id: String

    func run() async throws {
        let connection = try await common.one("connection", id, of: "connections")
        common.show(connection) {
            func text(_ key: String) -> String? { connection[key]?.stringValue }
            var fields = Fields()
            fields.add("connection", text("id"))
            fields.add("provider", text("provider"))
            fields.add("owner", text("owner")?.replacing(":", with: " "))
            fields.add("account", text("account"))
            fields.add("called", text("account_name"))
            fields.add("mail", text("email"))
            fields.add("made for", text("origin"))
            fields.add("scopes", AgentText.list(connection["scopes"]))
            fields.add("secret", text("fingerprint"))
            fields.add("state", ConnectionText.state(connection))
            fields.add("key", connection["automatic"].map(RotationText.automatic))
            fields.add("token until", connection["until"]?.integerValue.map(Moment.text))
            fields.add("because", text("message"))
            fields.add("next step", text("next_step"))
            fields.show()
        }
    }
}

struct ConnectionsRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a connection and destroy its secret. The next call fails.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The connection's id.")
    var id: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["connections", id])
        common.show(answer) {
            print("Revoked \(id), and destroyed its secret.")
            let provider = answer["provider"]?.stringValue ?? ""
            switch answer["upstream"]?.stringValue {
            case "revoked": print("`\(provider)` has ended its tokens too.")
            case "alive": print("`\(provider)` hasn't ended its tokens yet: it is asked again while a gateway runs.")
            case nil:
                if let other = answer["same_grant"]?.stringValue {
                    print(
                        "`\(provider)` isn't told: `\(other)` works with the same authorization, and would end with it."
                    )
                }
            case _: print("`\(provider)` doesn't end its tokens for us: end them there if that matters.")
            }
        }
    }
}
