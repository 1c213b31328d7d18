import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing
import Wire

/// What the methods answer, in both versions.
@Suite struct MCPMethodTests {
    let home: FakeHome

    init() throws { home = try FakeHome() }

    @Test(arguments: ["2025-11-25", "2025-06-18", "2024-11-05"])
    func `a handshake settles on 2025-11-25 and makes no session`(_ version: String) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send(
                #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"\#(version)","capabilities":{}}}"#
            )
            #expect(reply.status == 200)
            #expect(reply.json["id"] == "a")
            #expect(reply.json["result"]?["protocolVersion"] == "2025-11-25")
            #expect(reply.json["result"]?["capabilities"] == ["tools": [:]])
            #expect(reply.json["result"]?["instructions"] == nil)
            #expect(!reply.headers.contains { $0.name.canonicalName == "mcp-session-id" })
        }
    }

    @Test func `discovery names versions and tools and is private`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.modern("server/discover")
            let result = reply.json["result"]
            #expect(reply.status == 200)
            #expect(result?["supportedVersions"] == ["2026-07-28", "2025-11-25"])
            #expect(result?["capabilities"] == ["tools": [:], "extensions": ["io.modelcontextprotocol/tasks": [:]]])
            #expect(result?["cacheScope"] == "private")
            #expect(result?["resultType"] == "complete")
        }
    }

    @Test func `notifications are taken without a word`() async throws {
        try await withServer(home) { client async throws in
            for method in ["notifications/initialized", "notifications/progress", "notifications/cancelled"] {
                let reply = try await client.send(
                    #"{"jsonrpc":"2.0","method":"\#(method)","params":{"requestId":9}}"#)
                #expect(reply.status == 202)
                #expect(reply.bytes.isEmpty)
            }
        }
    }

    @Test func `ping belongs to the older version`() async throws {
        try await withServer(home) { client async throws in
            #expect(try await client.legacy("ping").json["result"] == [:])
            let modern = try await client.modern("ping")
            #expect(modern.status == 404)
            #expect(modern.code == -32601)
            let unknown = try await client.legacy("resources/list")
            #expect(unknown.status == 200)
            #expect(unknown.code == -32601)
        }
    }

    @Test func `the list shows what isn't certainly denied, in order, for this token alone`() async throws {
        try await withServer(home) { client async throws in
            let shown = [
                "calendar.get", "notes.get", "notes.list", "notes.refused", "notes.send", "notes.stuck",
                "notes.unknown",
                "notes.unsent",
            ]
            for reply in [try await client.legacy("tools/list"), try await client.modern("tools/list")] {
                let tools = reply.json["result"]?["tools"]?.arrayValue ?? []
                #expect(tools.map { $0["name"]?.stringValue } == shown)
                #expect(tools.first?["inputSchema"]?["type"] == "object")
                #expect(tools.first?["annotations"]?["readOnlyHint"] == true)
            }
            let modern = try await client.modern("tools/list").json["result"]
            #expect(modern?["cacheScope"] == "private")
            #expect(modern?["ttlMs"] == 0)
        }
    }

    @Test func `a cursor is refused`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.legacy("tools/list", #"{"cursor":"x"}"#)
            #expect(reply.code == -32602)
        }
    }

    @Test func `an agent that can do nothing says so and why`() async throws {
        try await withServer(home) { client async throws in
            let bare = client.speaking(with: "alice-token", at: "/mcp/bare")
            let list = try await bare.legacy("tools/list")
            #expect(list.code == -32010)
            #expect(list.message?.contains("has no identity yet") == true)
            #expect(list.json["error"]?["data"]?["error"]?["rule"]?.stringValue != nil)
            let greeting = try await bare.legacy("initialize", #"{"protocolVersion":"2025-11-25"}"#)
            #expect(greeting.json["result"]?["instructions"]?.stringValue?.contains("has no identity yet") == true)
        }
    }

    @Test func `metadata names the resource by our public name, whatever the request calls us`() async throws {
        try await withServer(home, publicURL: "https://deputy.test/") { client async throws in
            let anybody = client.speaking(with: nil)
            let prefix = "/.well-known/oauth-protected-resource"
            let expected = [
                "": "https://deputy.test", "/mcp/helper": "https://deputy.test/mcp/helper",
                "/mcp/nobody": "https://deputy.test/mcp/nobody",
                "/org/acme/mcp/helper": "https://deputy.test/org/acme/mcp/helper",
                "/mcp/a%22b": "https://deputy.test/mcp/a%22b",
            ]
            for (path, resource) in expected {
                let reply = try await anybody.send(
                    "", [("x-forwarded-host", "evil.test"), ("forwarded", "host=evil.test")], method: .get,
                    at: prefix + path)
                #expect(reply.status == 200)
                #expect(reply.json["resource"]?.stringValue == resource)
                #expect(reply.json["bearer_methods_supported"] == ["header"])
                #expect(reply.json["resource_name"]?.stringValue?.hasPrefix("Deputy") == true)
                #expect(reply.json["authorization_servers"] == ["https://deputy.test"])
            }
        }
    }
}
