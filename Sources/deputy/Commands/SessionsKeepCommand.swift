import ArgumentParser
import Wire

struct SessionsKeepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep", abstract: "Say for how many days what was said is kept, or show it.",
        discussion: """
            Without options it shows what was said of it. When the days after a turn's end are over, its messages are \
            destroyed, and a leaf says how many. A turn that waits for somebody isn't touched. `--forever` takes a word back: \
            then an agent's are kept as long as the organization's, and those until somebody erases them.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "How many days.")
    var days: Int?

    @Option(help: "One agent's alone.")
    var agent: String?

    @Flag(help: "No number of days.")
    var forever = false

    func validate() throws {
        guard days == nil || !forever else { throw ValidationError("--days and --forever say different things") }
        guard agent == nil || days != nil || forever else { throw ValidationError("--agent wants --days or --forever") }
    }

    func run() async throws {
        let answer: JSON
        if days != nil || forever {
            var body: JSONObject = [:]
            body["days"] = days.map { .number(JSONNumber($0)) }
            body["agent"] = agent.map { .string($0) }
            answer = try await common.send("POST", ["sessions", "retention"], body: body)
        } else {
            answer = try await common.send("GET", ["sessions", "retention"])
        }
        common.show(answer) {
            var table = Table("OF", "DAYS")
            table.add("everybody else", answer["days"]?.integerValue.map { "\($0)" } ?? "until it is erased")
            for (agent, days) in answer["agents"]?.objectValue?.members ?? [] {
                table.add(agent, days.integerValue.map { "\($0)" } ?? "")
            }
            table.show(whenEmpty: "")
        }
    }
}
