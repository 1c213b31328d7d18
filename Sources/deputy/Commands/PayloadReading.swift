import Wire

/// One person's reading of one call's arguments and results, in a terminal.
struct PayloadReading {
    let call: String
    let reason: String
    let isJSON: Bool

    func read() async throws {
        try await TerminalVisit(hint: "try again").make { pages, csrf in
            let found = try await pages.submit(
                "/payloads", [("csrf", csrf), ("call", call), ("reason", reason)], isForTerminal: true
            ).read()
            if isJSON { return print(found.pretty()) }
            for name in ["arguments", "result"] {
                print("\(name):")
                print(shown(found[name]?["text"]?.stringValue))
            }
        }
    }

    private func shown(_ text: String?) -> String {
        guard let text else { return "  nothing is kept, or it was erased" }
        let pretty = (try? JSON.parse(Array(text.utf8)).pretty()) ?? text
        return pretty.split(separator: "\n").map { "  " + Table.inert(String($0)) }.joined(separator: "\n")
    }
}
