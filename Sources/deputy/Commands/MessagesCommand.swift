import ArgumentParser
import Wire

struct MessagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages", abstract: "Messages to agents and answers of theirs that came to nothing.",
        discussion: """
            A message with which no turn could begin, five times over, is set aside; a turn that couldn't go on so often is \
            stuck, and goes on where it was when it is tried again. An answer that its channel refuses, or that \
            couldn't be sent, failed; of one that may have arrived it is unknown, and it is never sent again by itself or by you. \
            What was written isn't shown here.
            """, subcommands: [MessagesListCommand.self, MessagesRetryCommand.self, MessagesDropCommand.self])
}

struct MessagesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what came to nothing, the newest first.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["messages"])
        common.show(answer) {
            var table = Table(.whole("ID"), "STATE", "ACCOUNT", "TIME", "TRIES", "BYTES", "REASON")
            for message in answer["messages"]?.arrayValue ?? [] {
                table.add(
                    message["id"]?.stringValue ?? "", message["trouble"]?.stringValue ?? "",
                    message["account"]?.stringValue ?? "", message["time"]?.integerValue.map { Moment.text($0) } ?? "",
                    "\(message["attempts"]?.integerValue ?? 0)",
                    message["bytes"]?.integerValue.map { "\($0)" } ?? "erased", message["reason"]?.stringValue ?? "")
            }
            table.show(whenEmpty: "Every message that was taken began its turn, and every answer was delivered.")
        }
    }
}

struct MessagesRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract:
            "Begin anew with a message that was set aside, go on with a turn, or send an answer again that failed.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The message's id.")
    var id: String

    func run() async throws {
        let answer = try await common.send("POST", ["messages", id, "retry"])
        common.show(answer) { print("`\(id)` is tried again.") }
    }
}

struct MessagesDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Do nothing with a message any more, and destroy its words.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The message's id.")
    var id: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["messages", id])
        common.show(answer) { print("`\(id)` is dropped.") }
    }
}
