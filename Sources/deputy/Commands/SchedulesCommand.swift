import ArgumentParser
import Wire

struct SchedulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules", abstract: "What agents do by the clock.",
        discussion: """
            Schedules stand in an agent's definition, which `deputy apply` takes. A schedule has the authority of the agent's \
            owner at the moment of each run.
            """,
        subcommands: [
            SchedulesListCommand.self, SchedulesShowCommand.self, SchedulesRunsCommand.self,
            SchedulesReadCommand.self, SchedulesRunNowCommand.self,
            SchedulesPauseCommand.self, SchedulesResumeCommand.self,
        ])
}

/// Which schedule is meant.
struct ScheduleArguments: ParsableArguments {
    @Argument(help: "The agent.")
    var agent: String

    @Argument(help: "The schedule, as the agent's definition calls it.")
    var schedule: String

    func path(_ verb: String...) -> [String] { ["schedules", agent, schedule] + verb }

    var name: String { "`\(Table.inert(schedule))` of `\(Table.inert(agent))`" }
}

struct SchedulesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List schedules.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["schedules"])
        common.show(answer) {
            var table = Table("AGENT", "SCHEDULE", "WHEN", "STATE", "NEXT", "ANSWERS FOR IT")
            for schedule in answer["schedules"]?.arrayValue ?? [] {
                table.add(
                    schedule["agent"]?.stringValue ?? "", schedule["id"]?.stringValue ?? "",
                    ScheduleText.timing(schedule),
                    schedule["state"]?.stringValue ?? "", ScheduleText.moment(schedule["next"]),
                    schedule["author"]?.stringValue ?? "")
            }
            table.show(whenEmpty: "There are no schedules. Write `schedules` into an agent's definition.")
        }
    }
}

struct SchedulesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a schedule.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var meant: ScheduleArguments

    func run() async throws {
        let answer = try await common.send("GET", meant.path())
        common.show(answer) {
            let definition = answer["definition"]
            print("\(meant.name): \(ScheduleText.timing(answer))")
            print("asks: \(Table.inert(definition?["message"]?.stringValue ?? ""))")
            if let deliver = definition?["deliver"] {
                let place = "\(deliver["channel"]?.stringValue ?? "") \(deliver["to"]?.stringValue ?? "")"
                print("answers to: \(Table.inert(place))")
            }
            print("answered for by: \(Table.inert(answer["author"]?.stringValue ?? ""))")
            let reason = answer["reason"]?.stringValue.map { ": \(Table.inert($0))" } ?? ""
            print("\(answer["state"]?.stringValue ?? "")\(reason)")
            if answer["next"] != nil { print("next: \(ScheduleText.moment(answer["next"]))") }
        }
    }
}

struct SchedulesRunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Show when a schedule ran, how it ended and what it called, the newest first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var meant: ScheduleArguments

    @Option(help: "So many at the most.")
    var limit = 50

    @Flag(help: "As JSON Lines: one object for each run.")
    var jsonl = false

    func run() async throws {
        let answer = try await common.send("GET", meant.path("runs"), query: ["limit": String(limit)])
        let runs = answer["runs"]?.arrayValue ?? []
        if jsonl { return runs.forEach { print($0.text) } }
        common.show(answer) {
            var table = Table("DUE", "BEGAN", "ENDED", "OUTCOME", "CALLS", "WHY")
            for run in runs {
                table.add(
                    ScheduleText.moment(run["due"]), ScheduleText.moment(run["began"]),
                    ScheduleText.moment(run["ended"]),
                    run["outcome"]?.stringValue ?? "under way",
                    (run["calls"]?.arrayValue ?? []).compactMap { $0["tool"]?.stringValue }.joined(separator: " "),
                    run["reason"]?.stringValue ?? "")
            }
            table.show(whenEmpty: "It hasn't run yet.")
        }
    }
}

struct SchedulesRunNowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-now", abstract: "Run a schedule once now, besides when it is due.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var meant: ScheduleArguments

    func run() async throws {
        let answer = try await common.send("POST", meant.path("run"))
        common.show(answer) { print("\(meant.name) runs. `deputy schedules runs` shows how it goes.") }
    }
}

struct SchedulesPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let a schedule rest until it is resumed. What is under way goes on.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var meant: ScheduleArguments

    func run() async throws {
        let answer = try await common.send("POST", meant.path("pause"))
        common.show(answer) { print("\(meant.name) rests.") }
    }
}

struct SchedulesResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract:
            "Have a schedule run again, with the authority of the agent's owner. What it missed isn't made up for.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var meant: ScheduleArguments

    func run() async throws {
        let answer = try await common.send("POST", meant.path("resume"))
        common.show(answer) { print("\(meant.name) is due next \(ScheduleText.moment(answer["next"])).") }
    }
}

/// Parts of schedules in words.
enum ScheduleText {
    static func timing(_ schedule: JSON) -> String {
        let definition = schedule["definition"]
        for key in ["cron", "every", "at"] {
            guard let text = definition?[key]?.stringValue else { continue }
            let zone = definition?["tz"]?.stringValue ?? "UTC"
            return key == "cron" ? "\(text) \(zone)" : key == "at" ? "at \(text) \(zone)" : "every \(text)"
        }
        return ""
    }

    static func moment(_ value: JSON?) -> String { value?.integerValue.map { Moment.text($0) } ?? "" }
}
