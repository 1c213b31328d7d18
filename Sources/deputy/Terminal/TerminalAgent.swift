import Wire

/// An agent that a person changes or copies in a terminal: signed in by their own link, for this alone.
struct TerminalAgent {
    let agent: String

    private var path: String { "/agents/\(PercentEncoding.encode(agent))" }

    /// - Parameter body: what to change, made from the definition as it is.
    func edit(_ body: (JSON) throws -> JSONObject) async throws -> JSON {
        try await visit { pages, csrf in
            try await send("edit", try body(try await pages.ask(path).read()), pages, csrf)
        }
    }

    func clone(_ body: JSONObject) async throws -> JSON {
        try await visit { pages, csrf in try await send("clone", body, pages, csrf) }
    }

    private func visit(_ body: (PageClient, String) async throws -> JSON) async throws -> JSON {
        var answer = JSON.null
        try await TerminalVisit(hint: "look whether it was done before you repeat it").make {
            answer = try await body($0, $1)
        }
        return answer
    }

    private func send(
        _ verb: String, _ body: JSONObject, _ pages: PageClient, _ csrf: String
    ) async throws -> JSON {
        try await pages.submit(
            "\(path)/\(verb)", [("csrf", csrf), ("body", JSON.object(body).text)], isForTerminal: true
        ).read()
    }
}
