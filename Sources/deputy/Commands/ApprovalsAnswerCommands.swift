import ArgumentParser
import Wire

private let signingIn = """
    The answer is a person's own, so the command wants their one-time link, as `deputy login NAME` prints it: at the \
    prompt, or as the first line of standard input. It signs in with the link, shows the call as the page would, asks, \
    answers and signs out. The operator of the home, an agent and a client never answer.
    """

struct ApprovalsApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Agree to a call, as the person whom it waits for.", discussion: signingIn)

    @Flag(help: "Answer in JSON.")
    var json = false

    @Argument(help: "The approval's id.")
    var id: String

    @Flag(help: "Don't ask again; for a call that you have looked at.")
    var yes = false

    func run() async throws {
        try await TerminalAnswer(id: id, verb: "approve", fields: [], asks: !yes, isJSON: json).give()
    }
}

struct ApprovalsDenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Deny a call, as the person whom it waits for.", discussion: signingIn)

    @Flag(help: "Answer in JSON.")
    var json = false

    @Argument(help: "The approval's id.")
    var id: String

    @Option(help: "Why not. The agent is told.")
    var reason = ""

    func run() async throws {
        try await TerminalAnswer(id: id, verb: "deny", fields: [("reason", reason)], asks: false, isJSON: json).give()
    }
}
