import ArgumentParser
import Wire

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The keys that seal this home's secrets.",
        discussion: """
            The key file is `keys/vault.key` in the home. Back it up: without it nothing sealed opens again. As it is made, \
            it holds the keys themselves, and belongs apart from the database and its backups. `deputy keys move` seals it \
            by a passphrase, a credential of systemd, or a token.
            """,
        subcommands: [
            KeysSourceCommand.self, KeysMoveCommand.self, KeysListCommand.self, KeysAddCommand.self,
            KeysRotateCommand.self, KeysResealCommand.self, KeysRetireCommand.self,
            KeysVerifyCommand.self,
        ])
}

struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The keys, and how much is sealed with each.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["keys"])
        common.show(answer) {
            var table = Table(.whole("KEY"), "STATE", "ROWS")
            for key in answer["keys"]?.arrayValue ?? [] {
                table.add(
                    key["id"]?.stringValue ?? "", key["state"]?.stringValue ?? "", key["rows"]?.text ?? "")
            }
            table.show(whenEmpty: "No keys.")
        }
    }
}

struct KeysAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a key that waits until every gateway has it.",
        discussion: """
            For gateways that share a database. Copy the key file to each of them; they take it up within seconds. Then \
            `deputy keys rotate` seals with it.
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("POST", ["keys", "add"])
        common.show(answer) {
            print(
                "Made \(answer["added"]?.stringValue ?? ""). Copy the key file to every gateway, then `deputy keys rotate`."
            )
        }
    }
}

struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make a new key, and seal everything with it. Agents go on meanwhile.",
        discussion: """
            Where several gateways share a database, the key is one that `deputy keys add` made and every gateway has. \
            The old key stays in the file and only opens, until you retire it. If the command is interrupted, `deputy keys \
            reseal` takes it up. Back up the key file afterwards.
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("POST", ["keys", "rotate"])
        try KeysText.show(answer, common)
    }
}

struct KeysResealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseal", abstract: "Seal with the newest key what older ones sealed.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("POST", ["keys", "reseal"])
        try KeysText.show(answer, common)
    }
}

struct KeysRetireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Forget a key that nothing is sealed with any more.",
        discussion: "Backups that were sealed with it can't be restored without a copy of it.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The key, as `deputy keys list` shows it.")
    var key: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["keys", key])
        common.show(answer) {
            print("Retired \(key). Older backups need it: keep a copy with them, or make a new backup and delete them.")
        }
    }
}

struct KeysVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare every connection with its seal and with what the ledger says of it.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("POST", ["keys", "verify"])
        let findings = answer["findings"]?.arrayValue ?? []
        common.show(answer) {
            for finding in findings {
                print("\(finding["code"]?.stringValue ?? ""): \(Table.inert(finding["message"]?.stringValue ?? ""))")
                print("  \(Table.inert(finding["hint"]?.stringValue ?? ""))")
            }
            if findings.isEmpty { print("Every connection is what the ledger says, and its seal holds.") }
        }
        if !findings.isEmpty { throw ExitCode(CommandExit.unproven.rawValue) }
    }
}

private enum KeysText {
    static func show(_ answer: JSON, _ common: CommonOptions) throws {
        let refused = answer["refused"]?.arrayValue ?? []
        common.show(answer) {
            if answer["rows"]?.integerValue == 0, refused.isEmpty {
                return print("The newest key seals everything already.")
            }
            print("\(answer["rows"]?.text ?? "0") rows are sealed with the newest key now.")
            for row in refused {
                print(Table.inert("\(row["row"]?.stringValue ?? ""): \(row["message"]?.stringValue ?? "")"))
            }
            if refused.isEmpty { print("Back up the key file, and retire the old key: `deputy keys list`.") }
        }
        if !refused.isEmpty { throw ExitCode(CommandExit.unproven.rawValue) }
    }
}
