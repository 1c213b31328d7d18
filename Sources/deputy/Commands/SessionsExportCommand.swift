import ArgumentParser
import Glibc
import Wire

struct SessionsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write out what you said to agents and were told, as JSON Lines.",
        discussion: """
            A transcript is a person's own, so the command wants their one-time link, as `deputy login NAME` prints it: at the \
            prompt, or as the first line of standard input. The operator of the home can't read it.
            """)

    @Flag(help: "Refusals in JSON. The lines are JSON either way.")
    var json = false

    @Argument(help: "One session alone, by its id.")
    var id: String?

    @Option(help: "A new file to write to, instead of standard output.")
    var out: String?

    func run() async throws {
        try await TerminalVisit(hint: "try again").make { pages, _ in
            let query = id.map { "?session=\(PercentEncoding.encode($0))" } ?? ""
            let found = try await pages.fetch("/transcript\(query)", most: 1 << 30)
            guard found.status == 200 else {
                throw CommandFailure(.refused, "refused", "the gateway answered \(found.status)")
            }
            if let out { return try NewFile.write(found.text, to: out) }
            // A text of a model or of somebody's mail must not move the cursor of a terminal.
            print(isatty(STDOUT_FILENO) == 1 ? shown(found.text) : found.text, terminator: "")
        }
    }

    private func shown(_ text: String) -> String {
        text.split(separator: "\n").map { Table.inert(String($0)) + "\n" }.joined()
    }
}
