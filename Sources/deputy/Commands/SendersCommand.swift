import ArgumentParser
import Wire

struct SendersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "senders", abstract: "Which person a sender on a channel is.",
        discussion: """
            People link their own: an agent sends whom it doesn't know a link, where the channel's account says so. Here you \
            say it for them; the ledger says that it was you.
            """,
        subcommands: [
            SendersListCommand.self, SendersLinkCommand.self, SendersUnlinkCommand.self, SendersEraseCommand.self,
        ])
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

struct SendersEraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Destroy what a guest wrote and was told. Every proof still holds.",
        discussion: """
            For a sender who is nobody here. Destroyed are their messages, what was said to them, cards about what they asked \
            for, their turns, and what calls in those were given and answered, with the keys of their digests. What others \
            could read in a channel is the channel's to delete. Records stay, with the sender's id. Backups from before \
            still hold all of it.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The sender, such as slack:T1/U7 or mail:pat@stranger.example.")
    var sender: String

    @Flag(help: "Do it: it can't be undone.")
    var yes = false

    func run() async throws {
        try common.confirmErasure(yes)
        let answer = try await common.send("POST", ["senders", "erase"], body: ["sender": .string(sender)])
        common.show(answer) {
            let counts = ["messages", "answers", "calls"].map { "\(answer[$0]?.text ?? "0") \($0)" }
            print(
                "Erased the words of \(counts[0]), \(counts[1]) and \(counts[2]) of `\(Table.inert(sender))`. "
                    + "Their records stay, and verify.")
        }
    }
}
