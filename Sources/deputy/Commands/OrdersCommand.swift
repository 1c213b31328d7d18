import ArgumentParser
import Wire

struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "What delegates of tier 3 may do when nobody asks.",
        discussion: """
            Standing orders stand in a fenced block of a delegate's `AGENTS.md`. They count once you have taken them, and until the \
            block says something else.
            """,
        subcommands: [OrdersShowCommand.self, OrdersTakeCommand.self])
}

struct OrdersShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a delegate's standing orders as they were taken.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The delegate.")
    var agent: String

    func run() async throws {
        let answer = try await common.send("GET", ["orders", agent])
        common.show(answer) { OrderText.show(answer) }
    }
}

struct OrdersTakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take", abstract: "Have a delegate's standing orders count as they are written now.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The delegate.")
    var agent: String

    func run() async throws {
        let answer = try await common.send("POST", ["orders", agent, "take"])
        common.show(answer) { OrderText.show(answer) }
    }
}

/// Standing orders in words.
enum OrderText {
    static func show(_ answer: JSON) {
        if answer["edited"]?.boolValue == true {
            print("`AGENTS.md` says something else by now: none of these counts until you take them anew.")
        }
        var table = Table("ORDER", "FOR", "TOOLS", "EFFECTS", "TO", "A DAY", "UNTIL")
        for order in answer["orders"]?.arrayValue ?? [] {
            table.add(
                order["id"]?.stringValue ?? "", order["principal"]?.stringValue ?? "", words(order["tools"]),
                words(order["effects"]), order["to"]?.stringValue ?? words(order["to"]),
                order["callsPerDay"]?.text ?? "",
                order["until"]?.integerValue.map { Moment.text($0) } ?? "")
        }
        table.show(whenEmpty: "It has none: by itself it does nothing.")
    }

    private static func words(_ list: JSON?) -> String {
        (list?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: " ")
    }
}
