import Gateway
import HTTPTypes
import HummingbirdTesting
import Registry
import Testing
import Wire

/// Who gets in at all.
@Suite struct MCPDoorTests {
    let home: FakeHome

    init() throws { home = try FakeHome() }

    @Test func `without credentials the challenge names the metadata and no error`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.speaking(with: nil).call("notes.get")
            #expect(reply.status == 401)
            #expect(
                reply.headers[.wwwAuthenticate]
                    == #"Bearer scope="read draft send share create update execute", resource_metadata="https://deputy.test/.well-known/oauth-protected-resource/mcp/helper""#
            )
        }
    }

    @Test(arguments: ["/mcp/helper", "/mcp/private", "/mcp/missing", "/org/rival/mcp/helper", "/org/nowhere/mcp/x"])
    func `a challenge says the same of every name`(_ path: String) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.speaking(with: nil, at: path).call("notes.get")
            #expect(reply.status == 401)
            #expect(
                reply.headers[.wwwAuthenticate]?.contains(#"scope="read draft send share create update execute""#)
                    == true)
        }
    }

    @Test func `a foreign scheme counts as no credentials`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send("{}", [("authorization", "Basic YWxpY2U6eA==")])
            #expect(reply.status == 401)
            #expect(reply.headers[.wwwAuthenticate]?.contains("error=") == false)
        }
    }

    @Test(arguments: ["nobody-token", "a b", "", "ali\"ce"])
    func `a token that isn't one is invalid`(_ token: String) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.speaking(with: token).call("notes.get")
            #expect(reply.status == 401)
            // A header's trailing space is no part of its value, so an empty token leaves no credentials at all.
            #expect(reply.headers[.wwwAuthenticate]?.contains(#"error="invalid_token""#) == true)
            #expect(reply.headers[.wwwAuthenticate]?.contains(#"scope="read "#) == true)
            #expect(!String(decoding: reply.bytes, as: UTF8.self).contains("nobody-token"))
        }
    }

    @Test func `a token for conversations is none for tools`() async throws {
        let token = AuthenticatedClient(
            client: "talker", organization: FakeHome.acme, person: "alice", agents: ["helper"], surface: .api)
        try await withServer(try FakeHome(clients: ["talking-token": token])) { client async throws in
            let reply = try await client.speaking(with: "talking-token").call("notes.get")
            #expect(reply.status == 401)
            #expect(reply.headers[.wwwAuthenticate]?.contains(#"error="invalid_token""#) == true)
        }
    }

    @Test func `the scheme is read in any case`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send(
                #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, [("authorization", "bEARER alice-token")])
            #expect(reply.status == 200)
        }
    }

    @Test func `two authorization headers are refused`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send(
                "{}", [("authorization", "Bearer alice-token"), ("authorization", "Bearer bob-token")])
            #expect(reply.status == 400)
            #expect(reply.headers[.wwwAuthenticate]?.contains("invalid_request") == true)
        }
    }

    @Test(arguments: ["access_token=alice-token", "a=1&access%5Ftoken=alice-token", "access_token"])
    func `a token in the URL is refused`(_ query: String) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send("{}", at: "/mcp/helper?\(query)")
            #expect(reply.status == 400)
            #expect(reply.message == "a token never goes into the URL")
        }
    }

    @Test func `a token for other agents is insufficient whether or not there is such an agent`() async throws {
        try await withServer(home) { client async throws in
            let existing = try await client.speaking(with: "bob-token", at: "/mcp/private").call("notes.get")
            let missing = try await client.speaking(with: "bob-token", at: "/mcp/missing").call("notes.get")
            #expect(existing.status == 403)
            #expect(existing.headers[.wwwAuthenticate]?.contains(#"error="insufficient_scope""#) == true)
            #expect(missing.status == 403)
            #expect(missing.bytes == existing.bytes)
        }
    }

    @Test func `a token of another organization finds no agent`() async throws {
        try await withServer(home) { client async throws in
            let eve = try await client.speaking(with: "eve-token").call("notes.get")
            #expect(eve.status == 404)
            let away = try await client.speaking(with: "alice-token", at: "/org/rival/mcp/helper").call("notes.get")
            #expect(away.status == 404)
            #expect(away.bytes == eve.bytes)
            let home = try await client.speaking(with: "alice-token", at: "/org/acme/mcp/helper").call("notes.get")
            #expect(home.status == 200)
        }
    }

    @Test(arguments: ["initialize", "tools/list", "tools/call"])
    func `an unknown agent and one that isn't for this person answer alike`(_ method: String) async throws {
        try await withServer(home) { client async throws in
            let params = #"{"name":"notes.get","arguments":{"id":"p"},"protocolVersion":"2025-11-25"}"#
            let unknown = try await client.speaking(with: "alice-token", at: "/mcp/ghost").legacy(method, params)
            let reserved = try await client.speaking(with: "alice-token", at: "/mcp/private").legacy(method, params)
            #expect(unknown.status == 404)
            #expect(reserved.status == 404)
            #expect(unknown.bytes == reserved.bytes)
            #expect(unknown.headers == reserved.headers)
            let dana = try await client.speaking(with: "dana-token", at: "/mcp/private").legacy(method, params)
            #expect(dana.status == 200)
        }
    }

    @Test(arguments: ["https://evil.test", "null", "https://deputy.test.evil.test", "http://deputy.test", ""])
    func `a foreign origin is refused before its token is looked at`(_ origin: String) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.speaking(with: nil).send("{}", [("origin", origin)])
            #expect(reply.status == 403)
            #expect(reply.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test(arguments: ["https://deputy.test", "HTTPS://Deputy.Test"])
    func `our own origin may speak`(_ origin: String) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.send(
                #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, [("origin", origin)])
            #expect(reply.status == 200)
        }
    }

    @Test func `an allowed origin may speak and read`() async throws {
        try await withServer(home, origins: ["https://app.test"]) { client async throws in
            let asked = try await client.speaking(with: nil).send(
                "", [("origin", "https://app.test")], method: .options)
            #expect(asked.status == 204)
            #expect(asked.headers[.accessControlAllowOrigin] == "https://app.test")
            let reply = try await client.send(
                #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, [("origin", "https://app.test")])
            #expect(reply.status == 200)
            #expect(reply.headers[.accessControlAllowOrigin] == "https://app.test")
            let metadata = "/.well-known/oauth-protected-resource/mcp/helper"
            let preflight = try await client.speaking(with: nil, at: metadata).send(
                "", [("origin", "https://app.test")], method: .options)
            #expect(preflight.status == 204 && preflight.headers[.accessControlAllowMethods] == "GET")
            let foreign = try await client.send("", [("origin", "https://evil.test")], method: .options)
            #expect(foreign.status == 405)
        }
    }

    @Test func `what is broken behind the token says nothing of itself`() async throws {
        home.change { $0.isBroken = true }
        try await withServer(home) { client async throws in
            let reply = try await client.call("notes.get")
            #expect(reply.status == 503)
            #expect(reply.headers[.retryAfter] == "1")
            #expect(!String(decoding: reply.bytes, as: UTF8.self).contains("Broken"))
        }
    }
}
