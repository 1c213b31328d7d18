import Wire

/// What agents remember, at a person's terminal: signed in by their own link, for one thing.
struct TerminalMemory {
    /// The agent whose own memory it is; nil for what agents remember of this person.
    let agent: String?

    private static let most = 1 << 30
    private static let hint = "look with `deputy memory list` whether it was done before you repeat it"

    func list() async throws -> [JSON] {
        var found: [JSON] = []
        try await TerminalVisit(hint: "try again").make { pages, _ in found = try await entries(pages) }
        return found
    }

    func show(_ id: String) async throws -> JSON { try entry(id, of: try await list()) }

    /// - Parameter verb: `correct` or `forget`.
    /// - Parameter fields: made once the person has signed in, since the link is read before anything else.
    func change(_ verb: String, _ id: String, _ fields: () throws -> [(String, String)]) async throws -> JSON {
        var answer = JSON.null
        try await TerminalVisit(hint: TerminalMemory.hint).make { pages, csrf in
            let entry = try entry(id, of: try await entries(pages))
            let place = agent.map { "/memory/own/\(PercentEncoding.encode("\($0).\(id)"))" }
            let version = entry["version"]?.integerValue ?? 0
            answer = try await pages.submit(
                "\(place ?? "/memory/entries/\(PercentEncoding.encode(id))")/\(verb)",
                [("csrf", csrf), ("version", "\(version)")] + (try fields()), isForTerminal: true
            ).read()
        }
        return answer
    }

    private func entries(_ pages: PageClient) async throws -> [JSON] {
        let path = agent.map { "/memory/agents/\(PercentEncoding.encode($0))" } ?? "/memory"
        return try await pages.ask(path, most: TerminalMemory.most).read()["memories"]?.arrayValue ?? []
    }

    private func entry(_ id: String, of entries: [JSON]) throws -> JSON {
        if let entry = entries.first(where: { $0["id"]?.stringValue == id }) { return entry }
        let ids = entries.compactMap { $0["id"]?.stringValue }
        throw CommandFailure(
            .refused, "unknown", "nothing that you may be told is remembered as `\(id)`",
            hint: suggestion(for: id, among: ids) ?? "list it with `deputy memory list`")
    }
}
