import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing
import Wire

/// What a message must look like.
@Suite struct MCPMessageTests {
    let home: FakeHome

    init() throws { home = try FakeHome() }

    @Test(arguments: [HTTPRequest.Method.get, .delete, .put, .patch, .head, .options])
    func `everything but POST is refused`(_ method: HTTPRequest.Method) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send("", method: method)
            #expect(reply.status == 405)
            #expect(reply.headers[.allow] == "POST")
        }
    }

    @Test(arguments: ["text/plain", "application/json-patch+json", "application/x-www-form-urlencoded", nil])
    func `a body that isn't said to be JSON is refused`(_ type: String?) async throws {
        try await withServer(home) { client async throws in
            #expect(try await client.send("{}", [("content-type", type)]).status == 415)
        }
    }

    @Test func `a compressed body is refused`() async throws {
        try await withServer(home) { client async throws in
            #expect(try await client.send("{}", [("content-encoding", "gzip")]).status == 415)
        }
    }

    @Test func `a charset doesn't matter`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send(
                #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, [("content-type", "Application/JSON; charset=utf-8")])
            #expect(reply.status == 200)
        }
    }

    @Test(arguments: [nil, "application/json", "text/event-stream", "text/html, application/json"])
    func `a modern client must accept both kinds of answer`(_ accept: String?) async throws {
        try await withServer(home) { client async throws in
            #expect(try await client.modern("server/discover", changed: [("accept", accept)]).status == 406)
            let legacy = try await client.send(
                #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, [("accept", accept)])
            #expect(legacy.status == 200)
        }
    }

    @Test(arguments: ["*/*", "text/event-stream;q=0.5,application/json", "application/*, text/*"])
    func `both kinds may be accepted in any words`(_ accept: String) async throws {
        try await withServer(home) { client async throws in
            #expect(try await client.modern("server/discover", changed: [("accept", accept)]).status == 200)
        }
    }

    @Test(arguments: ["{", "", "{}x", #"{"a":1,"a":1}"#, #"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#])
    func `a body that isn't JSON that we take is a parse error`(_ body: String) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send(body)
            #expect(reply.status == 400)
            #expect(reply.code == -32700)
        }
    }

    @Test func `a body that is too deep is refused`() async throws {
        try await withServer(home) { client async throws in
            let deep = String(repeating: "[", count: 100_000)
            let reply = try await client.send(deep)
            #expect(reply.status == 400)
            #expect(reply.code == -32700)
        }
    }

    @Test func `policy 3: duplicate keys within arguments are refused`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.call("notes.get", #"{"id":"a","id":"b"}"#)
            #expect(reply.status == 400)
            #expect(home.calls.isEmpty)
        }
    }

    @Test func `a batch is refused`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send(#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#)
            #expect(reply.status == 400)
            #expect(reply.code == -32600)
        }
    }

    @Test func `policy 4: a body over the limit is refused, never cut`() async throws {
        var limits = MCPLimits()
        limits.bodyBytes = 1_000
        try await withServer(home, limits: limits) { client async throws in
            let body = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
            let full = body + String(repeating: " ", count: 1_000 - body.utf8.count)
            #expect(try await client.send(full).status == 200)
            #expect(try await client.send(full + " ").status == 413)
        }
    }

    @Test func `policy 3: a header that disagrees with the body is refused`() async throws {
        try await withServer(home) { client async throws in
            let params = #""name":"notes.hidden","arguments":{"id":"p"}"#
            let name = try await client.modern("tools/call", params, name: "notes.get")
            #expect(name.status == 400)
            #expect(name.code == -32020)
            let method = try await client.modern(
                "tools/call", params, name: "notes.hidden", changed: [("mcp-method", "tools/list")])
            #expect(method.code == -32020)
            let version = try await client.modern(
                "tools/call", params, name: "notes.hidden", changed: [("mcp-protocol-version", "2025-11-25")])
            #expect(version.code == -32020)
            let missing = try await client.modern("tools/call", params)
            #expect(missing.code == -32020)
            #expect(home.calls.isEmpty)
        }
    }

    @Test(arguments: ["mcp-name", "mcp-method", "mcp-protocol-version"])
    func `a header that comes twice is refused`(_ header: String) async throws {
        try await withServer(home) { client async throws in
            let values = ["mcp-name": "notes.get", "mcp-method": "tools/call", "mcp-protocol-version": "2026-07-28"]
            let value = values[header]
            let reply = try await client.modern(
                "tools/call", #""name":"notes.get","arguments":{"id":"p"}"#, name: "notes.get",
                changed: [(header, value), (header, value)])
            #expect(reply.status == 400)
            #expect(reply.code == -32020)
        }
    }

    @Test func `a name in Base64 is decoded before it is compared`() async throws {
        try await withServer(home) { client async throws in
            let params = #""name":"notes.get","arguments":{"id":"p"}"#
            let encoded = "=?base64?\(Base64.encode(Array("notes.get".utf8)))?="
            #expect(try await client.modern("tools/call", params, name: encoded).status == 200)
            let other = "=?base64?\(Base64.encode(Array("notes.list".utf8)))?="
            #expect(try await client.modern("tools/call", params, name: other).code == -32020)
        }
    }

    @Test func `a version that we don't speak is refused with those that we do`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send(
                #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, [("mcp-protocol-version", "1999-01-01")])
            #expect(reply.status == 400)
            #expect(reply.code == -32022)
            #expect(reply.json["error"]?["data"]?["supported"] == ["2026-07-28", "2025-11-25"])
        }
    }

    @Test func `every answer says that it isn't to be kept or guessed at`() async throws {
        try await withServer(home) { client async throws in
            for reply in [
                try await client.legacy("ping"), try await client.speaking(with: nil).legacy("ping"),
                try await client.send("", method: .get), try await client.send("", method: .get, at: "/nowhere"),
                try await client.send("", method: .get, at: "/healthz"),
            ] {
                #expect(reply.headers[.cacheControl] == "no-store")
                #expect(reply.headers[.xContentTypeOptions] == "nosniff")
            }
        }
    }
}
