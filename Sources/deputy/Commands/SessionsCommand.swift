import ArgumentParser
import Wire

struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "What sessions have seen, which decides where they may send; and what was said in them.",
        subcommands: [
            SessionsListCommand.self, SessionsShowCommand.self, SessionsClearCommand.self,
            SessionsResetCommand.self, SessionsExportCommand.self, SessionsKeepCommand.self,
        ])
}

struct SessionsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the sessions, those used last first.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["sessions"])
        common.show(answer) {
            var table = Table(
                .whole("ID"), "AGENT", "PERSON", "TOKEN", "HAS SEEN", "READERS", "CLASSES", "IDLE")
            for session in answer["sessions"]?.arrayValue ?? [] {
                let labels = session["labels"]
                table.add(
                    session["id"]?.stringValue ?? "", session["agent"]?.stringValue ?? "", SessionText.who(session),
                    session["token"]?.stringValue ?? "", labels?["integrity"]?.stringValue ?? "forgotten",
                    SessionText.readers(labels), AgentText.list(labels?["classes"]), SessionText.idle(session))
            }
            table.show(
                whenEmpty: "No session has seen anything yet. One begins with a client's first call: see "
                    + "`deputy clients add`.")
        }
    }
}

struct SessionsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one session: whose it is, and what it has seen.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The session's id.")
    var id: String

    func run() async throws {
        let session = try await common.send("GET", ["sessions", id])
        common.show(session) {
            let labels = session["labels"]
            var fields = Fields()
            fields.add("session", session["id"]?.stringValue)
            fields.add("agent", session["agent"]?.stringValue)
            fields.add("person", SessionText.who(session))
            fields.add("token", session["token"]?.stringValue)
            fields.add("has seen", SessionText.meaning(labels?["integrity"]?.stringValue))
            fields.add("readers", SessionText.readers(labels))
            fields.add("classes", AgentText.list(labels?["classes"]))
            fields.add("idle", SessionText.idle(session))
            fields.show()
        }
    }
}

struct SessionsClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Forget what one session has seen, or all of a person with an agent.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "A session's id, or an agent with `--person`.")
    var sessionOrAgent: String

    @Option(help: "The person whose sessions with the agent are cleared.")
    var person: String?

    func run() async throws {
        if let person {
            let answer = try await common.send(
                "POST", ["sessions", "clear"], body: ["agent": .string(sessionOrAgent), "person": .string(person)])
            return common.show(answer) { print("Cleared the sessions of `\(person)` with `\(sessionOrAgent)`.") }
        }
        guard sessionOrAgent.hasPrefix("ses_") else {
            throw CommandFailure(
                .refused, "invalid", "`\(sessionOrAgent)` isn't a session's id",
                hint: "add `--person NAME` to clear that person's sessions with an agent, or see `deputy sessions list`"
            )
        }
        let answer = try await common.send("POST", ["sessions", "clear"], body: ["id": .string(sessionOrAgent)])
        common.show(answer) { print("Cleared \(sessionOrAgent).") }
    }
}

private enum SessionText {
    static func who(_ session: JSON) -> String {
        session["person"]?.stringValue ?? session["guest"]?.stringValue ?? "nobody"
    }

    static func readers(_ labels: JSON?) -> String {
        guard let readers = labels?["readers"] else { return "" }
        let people = AgentText.list(readers)
        return readers.stringValue ?? (people.isEmpty ? "nobody" : people)
    }

    static func idle(_ session: JSON) -> String { Ago.words(seconds: session["idle_seconds"]?.integerValue ?? 0) }

    static func meaning(_ integrity: String?) -> String {
        switch integrity {
        case nil: "nothing any more: it was idle for more than twelve hours"
        case "own-words": "the person's own words (own-words)"
        case "agent-documents": "the agent's documents (agent-documents)"
        case "colleague": "words of colleagues (colleague)"
        case "outsider": "words of outsiders (outsider)"
        case let other?: other
        }
    }
}
