import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Wire

/// A person's browser, as far as pages without scripts need one: it keeps its cookie, opens pages and sends their forms.
final class DemoBrowser {
    struct Page {
        let status: Int
        let text: String

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

    /// Sends a form and follows where it leads.
    func submit(_ path: String, _ fields: [(String, String)]) async throws -> Page {
        var request = HTTPClientRequest(url: absolute(path))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Origin", value: url)
        request.headers.add(name: "Sec-Fetch-Site", value: "same-origin")
        let body = fields.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }
        request.body = .bytes(Array(body.joined(separator: "&").utf8))
        return try await send(request)
    }

    /// Opens the one-time link and presses its button.
    func signIn(by link: String) async throws {
        let page = try await open(link)
        guard let code = page.field("code", of: "action=\"/login") else {
            throw CommandFailure(.unproven, "demo", "the sign-in page has no button")
        }
        _ = try await submit("/login", [("code", code)])
    }

    private func absolute(_ path: String) -> String { path.hasPrefix("http") ? path : url + path }

    private func send(_ request: HTTPClientRequest) async throws -> Page {
        var request = request
        if let cookie { request.headers.add(name: "Cookie", value: cookie) }
        let response = try await client.execute(request, timeout: .seconds(30))
        if let set = response.headers.first(name: "set-cookie") { cookie = String(set.prefix { $0 != ";" }) }
        let text = String(buffer: try await response.body.collect(upTo: 4 << 20))
        if response.status == .seeOther, let next = response.headers.first(name: "location") {
            return try await open(next)
        }
        return Page(status: Int(response.status.code), text: text)
    }
}
