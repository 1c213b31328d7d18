import Foundation
import Glibc
import Wire

/// One person's answer to one approval, given in a terminal: signed in by their own link, for this answer alone.
struct TerminalAnswer {
    let id: String
    let verb: String
    let fields: [(String, String)]
    /// Whether the call is shown and a yes typed before it is sent.
    let asks: Bool
    let isJSON: Bool

    func give() async throws {
        guard !asks || isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(
                .refused, "needs_person", "there is no terminal to ask you at",
                hint: "look at the call first, and then repeat the command with `--yes`")
        }
        try await TerminalVisit(hint: "see with `deputy approvals show \(id)` whether your answer was taken").make {
            try await give(at: $0, $1)
        }
    }

    private func give(at pages: PageClient, _ csrf: String) async throws {
        let path = "/approvals/\(PercentEncoding.encode(id))"
        let card = try await pages.ask(path).read()
        guard card["can_answer"]?.boolValue == true else {
            throw CommandFailure(
                .refused, "decided", "this waits for no answer of yours: \(card["state"]?.stringValue ?? "")")
        }
        if !isJSON { CardText.show(card) }
        if asks, !confirm() {
            throw CommandFailure(.refused, "not_confirmed", "nothing was done", hint: "type `yes` to agree")
        }
        let fields = [("csrf", csrf), ("shown", card["shown"]?.stringValue ?? "")] + self.fields
        _ = try await pages.submit("\(path)/\(verb)", fields, isForTerminal: true).read()
        let said = verb == "approve" ? "Approved. It is carried out once." : "Denied. The agent is told."
        print(isJSON ? JSON.object(["id": .string(id), "answer": .string(verb)]).pretty() : said)
    }

    private func confirm() -> Bool {
        FileHandleOutput.standardError("Approve this? Type yes: ")
        return readLine()?.stripped == "yes"
    }
}

/// A call, as its approver sees it in a terminal: destinations first.
private enum CardText {
    static func show(_ card: JSON) {
        print(line(card["title"]))
        for destination in card["destinations"]?.arrayValue ?? [] {
            let place = destination["outside"]?.boolValue == true ? "OUTSIDE the organization" : "inside"
            print("  goes to       \(line(destination["text"])) (\(place))")
        }
        for (name, key) in [
            ("what it does", "effect"), ("account", "account"), ("agent", "agent"), ("asked by", "requester"),
            ("on behalf of", "behalf"),
        ] where card[key]?.stringValue != nil {
            print("  \(name)\(String(repeating: " ", count: 14 - name.count))\(line(card[key]))")
        }
        print("What is sent:")
        for argument in card["arguments"]?.arrayValue ?? [] {
            print("  \(line(argument["name"])):")
            for text in (argument["value"]?.stringValue ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            {
                print("    \(Table.inert(String(text)))")
            }
        }
        print("Why you are asked:")
        for finding in card["findings"]?.arrayValue ?? [] { print("  \(line(finding))") }
        if let warning = card["warning"]?.stringValue { print("Mind: \(Table.inert(warning))") }
        if let others = card["others"]?.stringValue { print("\(Table.inert(others)) has to agree as well.") }
        print("It waits until \(line(card["expires"])).")
    }

    private static func line(_ value: JSON?) -> String { Table.inert(value?.stringValue ?? "") }
}
