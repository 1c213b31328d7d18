import Gateway
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NIOPosix
import Testing
import Wire

/// What only a real connection shows.
@Suite(.timeLimit(.minutes(5))) struct MCPConnectionTests {
    let home: FakeHome

    init() throws { home = try FakeHome() }

    @Test func `calls work over a real socket, in both versions`() async throws {
        try await withServer(home, .live) { client async throws in
            #expect(try await client.call("notes.get").status == 200)
            #expect(try await client.call("notes.get", modern: true).status == 200)
            #expect(try await client.call("notes.get", modern: true).text == #"{"account":"alice","id":"p1"}"#)
        }
    }

    @Test(arguments: ["evil.test", "evil.test:80", "127.0.0.1.evil.test", "1270.0.0.1", "[::1", "localhost:evil"])
    func `a page that reaches this machine by a name of its own is refused`(_ host: String) async throws {
        try await withServer(home, .live) { client async throws in
            let answer = try await exchange(with: client, host: host)
            #expect(answer.hasPrefix("HTTP/1.1 421 "))
        }
    }

    @Test(arguments: ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:80", "deputy.test", "Deputy.test:443"])
    func `our own names are let in`(_ host: String) async throws {
        try await withServer(home, .live) { client async throws in
            let answer = try await exchange(with: client, host: host)
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `two lengths for one body are refused`() async throws {
        try await withServer(home, .live) { client async throws in
            let answer = try await exchange(with: client, host: "localhost", extra: "content-length: 5\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(home.calls.isEmpty)
        }
    }

    @Test func `a chunked body over the limit is refused`() async throws {
        var limits = MCPLimits()
        limits.bodyBytes = 100
        try await withServer(home, .live, limits: limits) { client async throws in
            let chunk = String(repeating: " ", count: 200)
            let answer = try await raw(
                client,
                """
                POST /mcp/helper HTTP/1.1\r
                host: localhost\r
                authorization: Bearer alice-token\r
                content-type: application/json\r
                transfer-encoding: chunked\r
                connection: close\r
                \r
                c8\r
                \(chunk)\r
                0\r
                \r

                """)
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `hanging up cancels a modern call that still waits`() async throws {
        try await withServer(home, .live) { client async throws in
            let channel = try await connect(client)
            let body = MCPClient.modernBody("tools/call", #""name":"notes.stuck","arguments":{"id":"p"}"#)
            let head = request(
                body, host: "localhost", version: "2026-07-28",
                extra: "mcp-method: tools/call\r\nmcp-name: notes.stuck\r\n")
            try await channel.writeAndFlush(ByteBuffer(string: head))
            await home.holdUp.arrived()
            try await channel.close()
            #expect(await home.holdUp.wasCancelled())
            #expect(try await client.legacy("ping").status == 200)
            #expect(home.calls.isEmpty)
        }
    }

    @Test func `hanging up with the request itself cancels it too`() async throws {
        try await withServer(home, .live) { client async throws in
            for _ in 0..<20 {
                let channel = try await connect(client)
                let body = MCPClient.modernBody("tools/call", #""name":"notes.stuck","arguments":{"id":"p"}"#)
                let head = request(
                    body, host: "localhost", version: "2026-07-28",
                    extra: "mcp-method: tools/call\r\nmcp-name: notes.stuck\r\n")
                try await channel.writeAndFlush(ByteBuffer(string: head))
                try await channel.close()
                #expect(await home.holdUp.wasCancelled())
            }
            #expect(home.calls.isEmpty)
        }
    }

    @Test func `hanging up leaves a call of the older version alone`() async throws {
        try await withServer(home, .live) { client async throws in
            let channel = try await connect(client)
            let body =
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"notes.stuck","arguments":{"id":"p"}}}"#
            try await channel.writeAndFlush(ByteBuffer(string: request(body, host: "localhost", version: "2025-11-25")))
            await home.holdUp.arrived()
            try await channel.close()
            #expect(try await client.legacy("ping").status == 200)
            home.holdUp.letGo()
            #expect(await home.holdUp.wasCancelled() == false)
        }
    }

    // MARK: Raw connections

    private func request(_ body: String, host: String, version: String, extra: String = "") -> String {
        """
        POST /mcp/helper HTTP/1.1\r
        host: \(host)\r
        authorization: Bearer alice-token\r
        content-type: application/json\r
        accept: application/json, text/event-stream\r
        mcp-protocol-version: \(version)\r
        content-length: \(body.utf8.count)\r
        \(extra)\r

        """ + body
    }

    private func connect(_ client: MCPClient) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
            host: "127.0.0.1", port: try #require(client.http.port)
        ).get()
    }

    private func exchange(with client: MCPClient, host: String, extra: String = "") async throws -> String {
        try await raw(
            client,
            request(
                #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, host: host, version: "2025-11-25",
                extra: "connection: close\r\n\(extra)"))
    }

    /// Sends a text and reads until the server closes.
    private func raw(_ client: MCPClient, _ text: String) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
            host: "127.0.0.1", port: try #require(client.http.port)
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var answer = ""
            for try await part in inbound { answer += String(buffer: part) }
            return answer
        }
    }
}
