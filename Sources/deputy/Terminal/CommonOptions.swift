import ArgumentParser
import FoundationEssentials
import Wire

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The home. Without it DEPUTY_HOME, else ~/.deputy.", valueName: "folder"))
    var home: String?

    @Flag(help: "Answer in JSON.")
    var json = false

    @Option(
        name: .customLong("passphrase-fd"),
        help: ArgumentHelp(
            "Read what opens the home's keys, a passphrase or a token's PIN, from this file descriptor, a line each.",
            valueName: "number"))
    var passphraseDescriptor: Int32?

    /// Answers what the source of the home's keys asks.
    var keyAnswers: KeyAnswers { KeyAnswers(descriptor: passphraseDescriptor) }

    var paths: HomePaths {
        let environment = ProcessInfo.processInfo.environment
        if let home { return HomePaths(root: home) }
        if let home = environment["DEPUTY_HOME"], !home.isEmpty { return HomePaths(root: home) }
        return HomePaths(root: (environment["HOME"] ?? ".") + "/.deputy")
    }

    /// Sends one request to the running gateway, or carries it out in the home itself when none runs.
    func send(
        _ method: String, _ path: [String], query: [String: String] = [:], body: JSONObject = [:]
    ) async throws -> JSON {
        try await AdministrationClient(paths: paths, asker: keyAnswers).send(method, path, query: query, body: body)
    }

    /// Goes on only with `--yes`.
    func confirmErasure(_ yes: Bool) throws {
        guard yes else {
            throw CommandFailure(
                .refused, "not_confirmed", "nothing was erased", hint: "repeat it with `--yes`: it can't be undone")
        }
    }

    /// The one with an id, of those that a route lists under its own name.
    func one(_ what: String, _ id: String, of list: String) async throws -> JSON {
        let all = try await send("GET", [list])[list]?.arrayValue ?? []
        if let found = all.first(where: { $0["id"]?.stringValue == id }) { return found }
        throw CommandFailure(
            .refused, "unknown", "no \(what) has the id `\(id)`",
            hint: suggestion(for: id, among: all.compactMap { $0["id"]?.stringValue })
                ?? "list them with `deputy \(list) list`")
    }

    /// The answer as JSON, or as `text` makes it.
    func show(_ answer: JSON, text: () -> Void) {
        if json { print(answer.pretty()) } else { text() }
    }
}
