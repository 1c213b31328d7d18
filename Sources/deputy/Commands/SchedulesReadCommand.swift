import ArgumentParser
import Wire

struct SchedulesReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Read what the runs of a schedule of your agent said, the newest first.",
        discussion: """
            It is for whoever owns the agent, as far as they may read what a run has seen, so the command wants their one-time link, \
            as `deputy login NAME` prints it: at the prompt, or as the first line of standard input. The operator of the home \
            can't read it.
            """)

    @Argument(help: "The agent.")
    var agent: String

    @Argument(help: "The schedule, as the agent's definition calls it.")
    var schedule: String

    @Option(help: "So many runs at the most.")
    var limit = 10

    @Flag(help: "Answer in JSON.")
    var json = false

    func run() async throws {
        var found: [JSON] = []
        try await TerminalVisit(hint: "try again").make { pages, _ in
            let query = "agent=\(PercentEncoding.encode(agent))&schedule=\(PercentEncoding.encode(schedule))"
            found = try await pages.ask("/schedules?\(query)", most: 1 << 30).read()["runs"]?.arrayValue ?? []
        }
        let runs = found.prefix(max(limit, 0))
        if json { return print(JSON.object(["runs": .array(Array(runs))]).pretty()) }
        if runs.isEmpty { print("It hasn't run yet.") }
        for run in runs {
            let reason = run["reason"]?.stringValue.map { ": \(Table.inert($0))" } ?? ""
            print("\(ScheduleText.moment(run["due"]))  \(run["outcome"]?.stringValue ?? "under way")\(reason)")
            for said in run["said"]?.arrayValue ?? [] {
                let text = said.stringValue ?? "Erased."
                for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                    print("  " + Table.inert(String(line)))
                }
            }
        }
    }
}
