import ArgumentParser
import Wire

struct AgentsCloneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone",
        abstract: "Copy an agent under another identity, without its connections, memory and grants.",
        discussion: """
            With `--by-link` it is copied by you, not by the operator of the home: you need the right to clone it, and the \
            copy is yours. `deputy login NAME` prints the link.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent to copy. Its own identity stays.")
    var agent: String

    @Argument(help: "The name of the copy.")
    var name: String

    @Option(name: .customLong("as"), help: "assistant, claw or delegate.")
    var actsAs: String

    @Option(help: "Who owns the copy. Without it the owner of the first, or with `--by-link` you.")
    var owner: String?

    @Option(help: "A delegate's tier, 1 to 3.")
    var tier: Int?

    @Option(help: "A delegate's principal. May be given several times.")
    var principal: [String] = []

    @Flag(help: "As yourself, with your own one-time link, which is read at the prompt or from standard input.")
    var byLink = false

    func validate() throws {
        guard !byLink || owner == nil else {
            throw ValidationError("a copy that you make `--by-link` is yours; leave out `--owner`")
        }
    }

    func run() async throws {
        var body: JSONObject = [
            "name": .string(name), "as": .string(actsAs), "principals": .array(principal.map { .string($0) }),
        ]
        body["owner"] = owner.map { .string($0) }
        body["tier"] = tier.map { .number(JSONNumber($0)) }
        let answer =
            byLink
            ? try await TerminalAgent(agent: agent).clone(body)
            : try await common.send("POST", ["agents", agent, "clone"], body: body)
        common.show(answer) { AgentText.show(answer) }
    }
}

struct AgentsSuspendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Let an agent do nothing until it is resumed.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    func run() async throws {
        let answer = try await common.send("POST", ["agents", agent, "suspend"])
        common.show(answer) { print("`\(agent)` is suspended.") }
    }
}

struct AgentsResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a suspended agent act again.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    func run() async throws {
        let answer = try await common.send("POST", ["agents", agent, "resume"])
        common.show(answer) { print("`\(agent)` may act again.") }
    }
}

struct AgentsWorkspaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace", abstract: "Write the documents that an agent's folder lacks. What is there stays.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The agent.")
    var agent: String

    @Flag(help: "Put the hard blocks at the end of documents that lack them. What people wrote stays.")
    var appendHardBlocks = false

    func run() async throws {
        let answer = try await common.send(
            "POST", ["agents", agent, "workspace"], body: ["appendHardBlocks": .bool(appendHardBlocks)])
        common.show(answer) {
            let written = AgentText.list(answer["written"])
            let lacking = AgentText.list(answer["lacking"])
            if !lacking.isEmpty {
                print("Left as they are, without the hard blocks: \(lacking).")
                print("Add this to them, or let `--append-hard-blocks` do it:\n\n\(answer["add"]?.stringValue ?? "")\n")
            }
            print(written.isEmpty ? "Nothing was written." : "Wrote \(written) in \(common.paths.workspaces)/\(agent).")
            for gap in answer["missing"]?.arrayValue ?? [] { print("Still open: \(gap.stringValue ?? "")") }
        }
    }
}
