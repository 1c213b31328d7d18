import AsyncHTTPClient
import Foundation
import Glibc
import Wire

/// A person at the pages from a terminal: signed in by their own one-time link, for one thing, and signed out again.
struct TerminalVisit {
    /// What to do when the gateway went away in between.
    let hint: String

    /// Reads the link, signs in, does `body` with the session's form token, and signs out whatever came of it.
    func make(_ body: (PageClient, String) async throws -> Void) async throws {
        let link = try TerminalVisit.readLink()
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let pages = PageClient(url: link.origin, client: client)
            try await pages.signIn(by: link.text)
            let csrf = try await pages.ask("/session").read()["csrf"]?.stringValue ?? ""
            do {
                try await body(pages, csrf)
            } catch {
                _ = try? await pages.submit("/logout", [("csrf", csrf)])
                throw error
            }
            _ = try await pages.submit("/logout", [("csrf", csrf)])
            try await client.shutdown()
        } catch let failure as CommandFailure {
            try? await client.shutdown()
            throw failure
        } catch {
            try? await client.shutdown()
            throw CommandFailure(
                .refused, "unavailable", "the gateway at \(link.origin) doesn't answer", hint: hint)
        }
    }

    /// Never an argument: what stands there can be read by everybody on this machine, and stays in the shell's history.
    private static func readLink() throws -> (text: String, origin: String) {
        if isatty(STDIN_FILENO) == 1 { FileHandleOutput.standardError("Your sign-in link: ") }
        let text = readLine()?.stripped ?? ""
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

extension PageClient.Page {
    /// What the page shows, as JSON.
    ///
    /// - Throws: the refusal, as a person can read it.
    func read() throws -> JSON {
        let body = try? JSON.parse(Array(text.utf8))
        guard status == 200 else {
            throw CommandFailure(
                .refused, body?["error"]?["code"]?.stringValue ?? "refused",
                Table.inert(body?["error"]?["message"]?.stringValue ?? "the gateway answered \(status)"),
                hint: body?["error"]?["hint"]?.stringValue.map(Table.inert))
        }
        return body ?? .null
    }
}

extension String {
    var stripped: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
