import Authority
import Registry
import Testing
import Wire

/// The rules that need nobody to be asked.
struct RedirectURITests {
    @Test(arguments: [
        "https://app.example/callback", "https://app.example", "https://app.example:8443/a/b?c=d%20e",
        "http://127.0.0.1/callback", "http://127.0.0.1:49152/callback", "http://[::1]:8000/cb",
        "http://localhost:3000/cb",
    ])
    func `a place of a client's is taken as it is written`(_ text: String) {
        #expect(RedirectURI(text)?.text == text)
    }

    @Test(arguments: [
        "http://app.example/cb", "HTTPS://app.example/cb", "https://App.example/cb", "ftp://app.example/cb",
        "javascript://app.example/%0aalert(1)", "data:text/html,x", "cursor://callback", "//app.example/cb", "/cb", "",
        "https://user@app.example/cb", "https://app.example@evil.example/cb", "https://app.example:x@evil.example/cb",
        "https://app.example/cb#code", "https://app.example/cb#", "https://app.example/a/../cb",
        "https://app.example/./cb", "https://app.example/a/%2e%2e/cb", "https://app.example/a%2f..%2fcb",
        "https://app.example\\@evil.example/cb", "https://app.example/cb\\..\\x", "https://app.example/c%5cb",
        "https://app.example/cb\u{0}", "https://app.example/cb x", "https://app.example/cb\n", "https://äpp.example/cb",
        "https://app.example:0/cb", "https://app.example:070/cb", "https://app.example:99999/cb", "https://:443/cb",
        "https:///cb", "https://app..example/cb", "https://app.example/%zz", "https://app.example/%00",
        "https://[::2]/cb",
        "http://127.0.0.2/cb", "http://127.0.0.1.evil.example/cb", "http://0.0.0.0/cb", "http://2130706433/cb",
        "https://*.example/cb", "https://app.example/" + String(repeating: "a", count: 1_000),
    ])
    func `what two readers could take for two places is none`(_ text: String) {
        let redirect = RedirectURI(text)
        // An asterisk in a path is a letter like others; in a host it is none.
        #expect(redirect == nil)
    }

    @Test(arguments: [
        ("https://app.example/cb", "https://app.example/cb", true),
        ("https://app.example/cb", "https://app.example/cb/", false),
        ("https://app.example/cb", "https://app.example/cb/x", false),
        ("https://app.example/cb", "https://app.example/c", false),
        ("https://app.example/cb", "https://app.example:443/cb", false),
        ("https://app.example/cb", "https://app.example/cb?x=1", false),
        ("https://app.example/cb", "https://app.example.evil.example/cb", false),
        ("https://app.example/cb", "https://sub.app.example/cb", false),
        ("https://app.example/cb", "https://app.example/CB", false),
        ("https://app.example/cb", "https://app.example/%63b", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", true),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb", true),
        ("http://[::1]/cb", "http://[::1]:49152/cb", true), ("http://127.0.0.1/cb", "http://[::1]:49152/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb2", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb?a=b", false),
        ("http://127.0.0.1/cb", "http://localhost:49152/cb", false),
        ("http://localhost/cb", "http://localhost:49152/cb", true),
        ("http://localhost/cb", "http://127.0.0.1:49152/cb", false),
        ("http://localhost/cb", "http://localhost:49152/cb2", false),
        ("http://localhost/cb", "http://localhost.evil.example:49152/cb", false),
        ("https://localhost/cb", "https://localhost:49152/cb", false),
        ("http://localhost/cb", "https://localhost:49152/cb", false),
        ("http://localhost:3000/cb", "http://localhost:3000/cb", true),
        ("https://app.example:1/cb", "https://app.example:2/cb", false),
        ("http://127.0.0.1/cb", "https://127.0.0.1:49152/cb", false),
    ])
    func `places are compared byte for byte, and by any port on this machine alone`(
        _ registered: String, _ asked: String, _ isCovered: Bool
    ) throws {
        let place = try #require(RedirectURI(registered))
        #expect((RedirectURI(asked).map { place.covers($0) } ?? false) == isCovered)
    }
}

struct OAuthParametersTests {
    @Test func `parameters are decoded, and empty ones count as left out`() throws {
        let parameters = try OAuthParameters("a=1+2&b=%C3%A4&c=&d&state=x%26y%3D")
        #expect(parameters["a"] == "1 2")
        #expect(parameters["b"] == "ä")
        #expect(parameters["c"] == nil)
        #expect(parameters["d"] == nil)
        #expect(parameters["state"] == "x&y=")
        #expect(try OAuthParameters(parameters.encoded())["state"] == "x&y=")
    }

    @Test(arguments: ["a=1&a=2", "a=1&%61=2", "a=%zz", "a=%FF", (0..<41).map { "p\($0)=1" }.joined(separator: "&")])
    func `what readers could read differently is refused`(_ text: String) {
        #expect(throws: OAuthRefusal.self) { try OAuthParameters(text) }
    }

    @Test func `several resources are kept apart`() throws {
        #expect(try OAuthParameters("resource=a&resource=b").resources == ["a", "b"])
    }
}

struct AgentResourceTests {
    private let url = "https://deputy.test"
    private let home = OrganizationID("acme")

    @Test(arguments: [
        ("https://deputy.test/mcp/email", "acme", "email"),
        ("https://deputy.test/org/rival/mcp/email", "rival", "email"),
        ("https://deputy.test/org/acme/mcp/e%20m", "acme", "e m"),
    ])
    func `the canonical URL names one agent`(_ text: String, _ organization: String, _ agent: String) throws {
        let resource = try #require(AgentResource(text, under: url, home: home))
        #expect(resource.organization.raw == organization)
        #expect(resource.agent.raw == agent)
        #expect(resource.url(under: url) == text)
    }

    @Test(arguments: [
        "https://deputy.test/mcp/email/", "https://deputy.test/mcp/", "https://deputy.test/mcp", "https://deputy.test/",
        "https://deputy.test//mcp/email", "https://deputy.test/mcp/../mcp/email", "https://deputy.test/mcp/%65mail",
        "https://deputy.test/mcp/email?x", "https://deputy.test/mcp/email#x", "https://DEPUTY.test/mcp/email",
        "http://deputy.test/mcp/email", "https://deputy.test.evil.example/mcp/email", "https://evil.example/mcp/email",
        "https://deputy.test:443/mcp/email", "https://deputy.test/MCP/email", "https://deputy.test/org//mcp/email",
        "https://deputy.test/org/acme/mcp/", "https://deputy.test/v1", "email", "",
    ])
    func `no other spelling names anything`(_ text: String) {
        #expect(AgentResource(text, under: url, home: home) == nil)
    }
}

struct ClientDocumentTests {
    private let id = "https://app.example/client.json"

    @Test(arguments: [
        ("https://app.example/client.json", false, "https://app.example", "/client.json", ""),
        ("https://app.example:8443/a/b?v=2", false, "https://app.example:8443", "/a/b", "v=2"),
        ("http://127.0.0.1:9/client.json", true, "http://127.0.0.1:9", "/client.json", ""),
    ])
    func `a URL with a path is a client's id`(
        _ id: String, _ loops: Bool, _ origin: String, _ path: String, _ query: String
    ) {
        let address = ClientDocument.address(of: id, allowsLoopback: loops)
        #expect(address?.origin == origin)
        #expect(address?.path == path)
        #expect(address?.query == query)
    }

    @Test(arguments: [
        "http://127.0.0.1:9/client.json", "http://app.example/client.json", "https://app.example",
        "https://app.example/",
        "https://app.example//x/c", "https://u:p@app.example/c", "https://app.example/c#f", "https://app.example/../c",
        "https://app.example/%2e%2e/c", "file:///etc/passwd", "gopher://app.example/c", "app-1", "",
    ])
    func `another URL isn't`(_ id: String) {
        #expect(ClientDocument.address(of: id, allowsLoopback: false) == nil)
    }

    private func document(_ changes: (inout JSONObject) -> Void = { _ in }) -> [UInt8] {
        var object: JSONObject = [
            "client_id": .string(id), "client_name": "App", "redirect_uris": ["https://app.example/cb"],
        ]
        changes(&object)
        return JSON.object(object).bytes()
    }

    @Test func `a document says name and places`() throws {
        let read = try ClientDocument(document(), from: id)
        #expect(read.name == "App")
        #expect(read.redirects.map(\.text) == ["https://app.example/cb"])
        #expect(try ClientDocument(document { $0["client_name"] = nil }, from: id).name == "app.example")
    }

    @Test func `a document for another id, or with a secret, or without places is refused`() {
        let bad: [[UInt8]] = [
            document { $0["client_id"] = "https://app.example/client.json/" }, document { $0["client_id"] = nil },
            document { $0["client_id"] = "https://APP.example/client.json" },
            document { $0["client_secret"] = "s" }, document { $0["client_secret_expires_at"] = 0 },
            document { $0["token_endpoint_auth_method"] = "client_secret_basic" },
            document { $0["token_endpoint_auth_method"] = "private_key_jwt" }, document { $0["redirect_uris"] = nil },
            document { $0["redirect_uris"] = [] }, document { $0["redirect_uris"] = "https://app.example/cb" },
            document { $0["redirect_uris"] = ["https://app.example/cb", "http://app.example/cb"] },
            document { $0["redirect_uris"] = [7] }, document { $0["grant_types"] = ["implicit"] },
            document { $0["response_types"] = ["token"] }, document { $0["client_name"] = 7 },
            document { $0["padding"] = .string(String(repeating: "x", count: ClientDocument.mostBytes)) },
            Array("[]".utf8), Array("{".utf8), [],
        ]
        for bytes in bad {
            #expect(throws: OAuthRefusal.self, "\(String(decoding: bytes.prefix(200), as: UTF8.self))") {
                try ClientDocument(bytes, from: id)
            }
        }
    }
}
