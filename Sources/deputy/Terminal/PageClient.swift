import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Wire

/// A person at the pages, as far as pages without scripts need a browser: it keeps its cookie, opens pages and sends their
/// forms.
final class PageClient {
    struct Page {
        let status: Int
        let text: String
        /// Where it is, after whatever led there.
        let url: String

        /// The value of a hidden field of the form that goes to a path ending so.
        func field(_ name: String, of form: String) -> String? {
            guard let start = text.firstRange(of: "\(form)\">"),
                let end = text[start.upperBound...].firstRange(of: "</form>")
            else { return nil }
            let part = text[start.upperBound..<end.lowerBound]
            guard let at = part.firstRange(of: "name=\"\(name)\" value=\"") else { return nil }
            return String(part[at.upperBound...].prefix { $0 != "\"" })
        }
    }

    private let url: String
    private let client: HTTPClient
    private var cookie: String?

    /// - Parameter client: one that follows no redirects, so that the cookie that comes with one is seen.
    init(url: String, client: HTTPClient) {
        self.url = url
        self.client = client
    }

    func open(_ path: String) async throws -> Page { try await send(HTTPClientRequest(url: absolute(path))) }

    /// What is there, however much of it: as many bytes at the most.
    func fetch(_ path: String, most: Int) async throws -> Page {
        try await send(HTTPClientRequest(url: absolute(path)), most)
    }

    /// What the page at `path` shows, as JSON; or the refusal. As many bytes at the most.
    func ask(_ path: String, most: Int = 4 << 20) async throws -> Page {
        var request = HTTPClientRequest(url: absolute(path))
        request.headers.add(name: "Accept", value: "application/json")
        return try await send(request, most)
    }

    /// Sends a form and follows where it leads.
    ///
    /// - Parameter isForTerminal: a refusal comes as JSON.
    func submit(_ path: String, _ fields: [(String, String)], isForTerminal: Bool = false) async throws -> Page {
        var request = HTTPClientRequest(url: absolute(path))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Origin", value: origin(of: request.url))
        request.headers.add(name: "Sec-Fetch-Site", value: "same-origin")
        if isForTerminal { request.headers.add(name: "Accept", value: "application/json") }
        let body = fields.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }
        request.body = .bytes(Array(body.joined(separator: "&").utf8))
        return try await send(request)
    }

    /// Opens the one-time link and presses its button.
    func signIn(by link: String) async throws {
        guard let code = try await open(link).field("code", of: "action=\"/login") else {
            throw CommandFailure(
                .refused, "link", "the link doesn't sign you in: it is unknown, used or older than ten minutes",
                hint: "`deputy login NAME` prints a new one")
        }
        _ = try await submit("/login", [("code", code)])
    }

    private func absolute(_ path: String) -> String { path.hasPrefix("http") ? path : url + path }

    private func send(_ request: HTTPClientRequest, _ most: Int = 4 << 20) async throws -> Page {
        var request = request
        if let cookie, request.url.hasPrefix(url) { request.headers.add(name: "Cookie", value: cookie) }
        let response = try await client.execute(request, timeout: .seconds(30))
        if let set = response.headers.first(name: "set-cookie"), request.url.hasPrefix(url) {
            cookie = String(set.prefix { $0 != ";" })
        }
        let text = String(buffer: try await response.body.collect(upTo: most))
        if response.status == .seeOther, let next = response.headers.first(name: "location") {
            return try await open(next)
        }
        return Page(status: Int(response.status.code), text: text, url: request.url)
    }

    private func origin(of url: String) -> String {
        url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
    }
}
