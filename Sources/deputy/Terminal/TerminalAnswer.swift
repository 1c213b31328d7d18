import AsyncHTTPClient
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
        let link = try readLink()
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await give(at: PageClient(url: link.origin, client: client), link.text)
            try await client.shutdown()
        } catch let failure as CommandFailure {
            try? await client.shutdown()
            throw failure
        } catch {
            try? await client.shutdown()
            throw CommandFailure(
                .refused, "unavailable", "the gateway at \(link.origin) doesn't answer",
                hint: "see with `deputy approvals show \(id)` whether your answer was taken")
        }
    }

    private func give(at pages: PageClient, _ link: String) async throws {
        try await pages.signIn(by: link)
        let path = "/approvals/\(PercentEncoding.encode(id))"
        let card = try read(try await pages.ask(path), [200])
        let csrf = card["csrf"]?.stringValue ?? ""
        do {
            try await answer(at: pages, path, card, csrf)
        } catch {
            _ = try? await pages.submit("/logout", [("csrf", csrf)])
            throw error
        }
        _ = try await pages.submit("/logout", [("csrf", csrf)])
    }

    private func answer(at pages: PageClient, _ path: String, _ card: JSON, _ csrf: String) async throws {
        guard card["can_answer"]?.boolValue == true else {
            throw CommandFailure(
                .refused, "decided", "this waits for no answer of yours: \(card["state"]?.stringValue ?? "")")
        }
        if !isJSON { CardText.show(card) }
        if asks, !confirm() {
            throw CommandFailure(.refused, "not_confirmed", "nothing was done", hint: "type `yes` to agree")
        }
        let fields = [("csrf", csrf), ("shown", card["shown"]?.stringValue ?? "")] + self.fields
        _ = try read(try await pages.submit("\(path)/\(verb)", fields, isForTerminal: true), [200])
        let said = verb == "approve" ? "Approved. It is carried out once." : "Denied. The agent is told."
        print(isJSON ? JSON.object(["id": .string(id), "answer": .string(verb)]).pretty() : said)
    }

    private func read(_ page: PageClient.Page, _ statuses: [Int]) throws -> JSON {
        let body = try? JSON.parse(Array(page.text.utf8))
        guard statuses.contains(page.status) else {
            throw CommandFailure(
                .refused, body?["error"]?["code"]?.stringValue ?? "refused",
                Table.inert(body?["error"]?["message"]?.stringValue ?? "the gateway answered \(page.status)"),
                hint: body?["error"]?["hint"]?.stringValue.map(Table.inert))
        }
        return body ?? .null
    }

    private func confirm() -> Bool {
        FileHandleOutput.standardError("Approve this? Type yes: ")
        return readLine()?.trimmed == "yes"
    }

    /// Never an argument: what stands there can be read by everybody on this machine, and stays in the shell's history.
    private func readLink() throws -> (text: String, origin: String) {
        if isatty(STDIN_FILENO) == 1 { FileHandleOutput.standardError("Your sign-in link: ") }
        let text = readLine()?.trimmed ?? ""
        guard let range = text.firstRange(of: "/login/"), let url = URL(string: text), let host = url.host() else {
            throw CommandFailure(
                .refused, "link", "that isn't a sign-in link",
                hint: "it looks like https://…/login/…; see `deputy login`")
        }
        guard url.scheme == "https" || url.scheme == "http" && ["127.0.0.1", "localhost", "::1"].contains(host) else {
            throw CommandFailure(.refused, "link", "the link would be sent in clear", hint: "it starts with https://")
        }
        return (text, String(text[..<range.lowerBound]))
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
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
