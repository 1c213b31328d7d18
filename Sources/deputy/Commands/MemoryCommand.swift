import ArgumentParser
import Glibc
import Wire

struct MemoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "What agents remember of you: see it, correct it, have it forgotten.",
        discussion: """
            What an agent remembers is its person's own, so each command wants their one-time link, as `deputy login NAME` prints \
            it: at the prompt, or as the first line of standard input. The operator of the home can't read it.
            """,
        subcommands: [
            MemoryListCommand.self, MemoryShowCommand.self, MemoryCorrectCommand.self, MemoryForgetCommand.self,
            MemoryExportCommand.self,
        ])
}

struct MemoryOptions: ParsableArguments {
    @Option(
        name: .customLong("of-agent"),
        help: ArgumentHelp(
            "What this agent tells everybody, instead of what is told to you alone. You need the right to edit it.",
            valueName: "agent"))
    var agent: String?

    @Flag(help: "Answer in JSON.")
    var json = false

    var terminal: TerminalMemory { TerminalMemory(agent: agent) }
}

struct MemoryListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List it, what changed last first.")

    @OptionGroup var options: MemoryOptions

    func run() async throws {
        let found = try await options.terminal.list()
        if options.json { return print(JSON.object(["memories": .array(found)]).pretty()) }
        var table = Table(.whole("ID"), "AGENT", "TOLD", "TEXT")
        for entry in found {
            table.add(
                entry["id"]?.stringValue ?? "", entry["agent"]?.stringValue ?? "", MemoryText.told(entry),
                MemoryText.line(entry))
        }
        table.show(whenEmpty: "Nothing is remembered.")
    }
}

struct MemoryShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one entry whole.")

    @OptionGroup var options: MemoryOptions

    @Argument(help: "The entry's id.")
    var id: String

    func run() async throws {
        let entry = try await options.terminal.show(id)
        if options.json { return print(entry.pretty()) }
        var fields = Fields()
        fields.add("memory", id)
        fields.add("agent", entry["agent"]?.stringValue)
        fields.add("told", MemoryText.told(entry))
        fields.add("from", entry["integrity"]?.stringValue == "outsider" ? "what an outsider may have written" : nil)
        fields.add("corrected", entry["version"]?.integerValue.flatMap { $0 > 1 ? "\($0 - 1) times" : nil })
        fields.show()
        for line in (entry["text"]?.stringValue ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
            print("  " + Table.inert(String(line)))
        }
    }
}

struct MemoryCorrectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct", abstract: "Put other words in its place. Where it came from stays as it is.")

    @OptionGroup var options: MemoryOptions

    @Argument(help: "The entry's id.")
    var id: String

    @Option(help: "The words. Without it they are read from standard input, behind the link.")
    var text: String?

    func run() async throws {
        let answer = try await options.terminal.change("correct", id) { [("text", try words())] }
        print(options.json ? answer.pretty() : "Corrected. It counts from now on.")
    }

    private func words() throws -> String {
        if let text { return text }
        if isatty(STDIN_FILENO) == 1 { FileHandleOutput.standardError("The words, ended by Ctrl-D:\n") }
        var lines: [String] = []
        while let line = readLine() { lines.append(line) }
        return lines.joined(separator: "\n")
    }
}

struct MemoryForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Have it forgotten. Its words are destroyed.")

    @OptionGroup var options: MemoryOptions

    @Argument(help: "The entry's id.")
    var id: String

    func run() async throws {
        let answer = try await options.terminal.change("forget", id) { [] }
        print(options.json ? answer.pretty() : "Forgotten. No agent is told it again.")
    }
}

struct MemoryExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "export", abstract: "Write it out, as JSON Lines.")

    @OptionGroup var options: MemoryOptions

    @Option(help: "A new file to write to, instead of standard output.")
    var out: String?

    func run() async throws {
        let lines = try await options.terminal.list().map { $0.text + "\n" }
        if let out { return try NewFile.write(lines.joined(), to: out) }
        // JSON escapes what would move the cursor of a terminal, but for what only looks like something else.
        let isTerminal = isatty(STDOUT_FILENO) == 1
        for line in lines { print(isTerminal ? Table.inert(String(line.dropLast())) + "\n" : line, terminator: "") }
    }
}

private enum MemoryText {
    static func told(_ entry: JSON) -> String {
        switch entry["kind"]?.stringValue {
        case "agent": "everybody"
        case "thread": "in one conversation"
        default: "you"
        }
    }

    static func line(_ entry: JSON) -> String {
        let words = (entry["text"]?.stringValue ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
        return words.count > 80 ? words.prefix(79) + "…" : words
    }
}
