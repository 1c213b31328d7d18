import ArgumentParser
import Wire

struct SendersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "senders", abstract: "Which person a sender on a channel is.",
        discussion: """
            People link their own: an agent sends whom it doesn't know a link, where the channel's account says so. Here you \
            say it for them; the ledger says that it was you.
            """, subcommands: [SendersListCommand.self, SendersLinkCommand.self, SendersUnlinkCommand.self])
}

struct SendersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List senders, with who they are.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["senders"])
        common.show(answer) {
            var table = Table(.whole("SENDER"), "PERSON", "PROOF", "BY", "SINCE")
            for link in answer["senders"]?.arrayValue ?? [] {
                let person = link["person"]?.stringValue ?? ""
                table.add(
                    link["sender"]?.stringValue ?? "",
                    link["active"]?.boolValue == true ? person : "\(person) (not active)",
                    link["proof"]?.stringValue ?? "", link["by"]?.stringValue ?? "",
                    link["at"]?.integerValue.map { Moment.text($0) } ?? "")
            }
            table.show(whenEmpty: "Nobody is known by a sender yet.")
        }
    }
}

struct SendersLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Say which person a sender is. Who it was before isn't it any more.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The sender, such as slack:T1/U7 or mail:alice@acme.test.")
    var sender: String

    @Option(help: "The person.")
    var person: String

    func run() async throws {
        let answer = try await common.send(
            "POST", ["senders"], body: ["sender": .string(sender), "person": .string(person)])
        common.show(answer) { print("Whoever writes as `\(Table.inert(sender))` is `\(person)` from now on.") }
    }
}

struct SendersUnlinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "unlink", abstract: "Let a sender be nobody.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The sender.")
    var sender: String

    func run() async throws {
        let answer = try await common.send("POST", ["senders", "unlink"], body: ["sender": .string(sender)])
        common.show(answer) { print("`\(Table.inert(sender))` is nobody from now on.") }
    }
}
