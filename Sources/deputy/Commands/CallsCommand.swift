import ArgumentParser
import Wire

struct CallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls", abstract: "Calls of which nobody knows whether they happened.",
        discussion: """
            A call whose answer got lost may have happened. It isn't repeated, and neither is an identical one, until somebody has
            looked at the provider and says what became of it. Any other call is shown by `deputy ledger show` and `explain`.
            """, subcommands: [CallsUnknownCommand.self, CallsSettleCommand.self])
}

struct CallsUnknownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unknown", abstract: "List the calls of which nobody knows whether they happened.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["calls", "unknown"])
        common.show(answer) {
            var table = Table(.whole("CALL"), "TOOL", "EFFECT", "AGENT", "ASKED BY", "BEGUN")
            for call in answer["calls"]?.arrayValue ?? [] {
                table.add(
                    call["id"]?.stringValue ?? "", call["tool"]?.stringValue ?? "", call["effect"]?.stringValue ?? "",
                    call["agent"]?.stringValue ?? "", call["requester"]?.stringValue ?? "",
                    call["opened"]?.integerValue.map { Moment.text($0) } ?? "")
            }
            table.show(whenEmpty: "Of every call it is known what became of it.")
        }
    }
}

struct CallsSettleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle", abstract: "Say what became of a call, after looking at the provider.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The call's id.")
    var id: String

    @Flag(inversion: .prefixedNo, help: "Whether it happened.")
    var happened: Bool

    func run() async throws {
        let answer = try await common.send("POST", ["calls", id, "settle"], body: ["happened": .bool(happened)])
        common.show(answer) {
            print(happened ? "`\(id)` happened." : "`\(id)` didn't happen: an identical call may be made again.")
        }
    }
}
