import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing
import Wire

/// How much a token may send, and how a call is cancelled.
@Suite(.timeLimit(.minutes(5))) struct MCPLimitTests {
    let home: FakeHome

    init() throws { home = try FakeHome() }

    @Test func `row_19 a token that sends too fast waits, and the others don't`() async throws {
        var limits = MCPLimits()
        limits.requestsPerSecond = 0.5
        limits.burst = 3
        let clock = FakeClock()
        try await withServer(home, limits: limits, now: { clock.now }) { client async throws in
            for _ in 0..<3 { #expect(try await client.legacy("ping").status == 200) }
            let refused = try await client.legacy("ping")
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] == "2")
            #expect(try await client.speaking(with: "bob-token").legacy("ping").status == 200)
            clock.pass(.seconds(2))
            #expect(try await client.legacy("ping").status == 200)
            #expect(try await client.legacy("ping").status == 429)
            clock.pass(.seconds(3_600))
            for _ in 0..<3 { #expect(try await client.legacy("ping").status == 200) }
            #expect(try await client.legacy("ping").status == 429)
        }
    }

    @Test func `what is refused for its rate reaches neither gate nor ledger`() async throws {
        var limits = MCPLimits()
        limits.requestsPerSecond = 0
        limits.burst = 1
        try await withServer(home, limits: limits) { client async throws in
            #expect(try await client.call("notes.get").status == 200)
            let before = home.commits + home.calls.count
            #expect(try await client.call("notes.get").status == 429)
            #expect(home.commits + home.calls.count == before)
        }
    }

    @Test func `row_19 a token has so many calls under way and no more`() async throws {
        var limits = MCPLimits()
        limits.requestsPerToken = 2
        try await withServer(home, limits: limits) { client async throws in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for id in 1...2 {
                    group.addTask {
                        try await client.legacy(
                            "tools/call", #"{"name":"notes.stuck","arguments":{"id":"p"}}"#, id: "\(id)"
                        ).status
                    }
                    await home.holdUp.arrived()
                }
                let third = try await client.legacy("ping")
                #expect(third.status == 429)
                #expect(third.headers[.retryAfter] == "1")
                #expect(try await client.speaking(with: "bob-token").legacy("ping").status == 200)
                home.holdUp.letGo()
                for try await status in group { #expect(status == 200) }
            }
            #expect(try await client.legacy("ping").status == 200)
        }
    }

    @Test func `the server has so many calls under way and no more`() async throws {
        var limits = MCPLimits()
        limits.requestsInAll = 1
        try await withServer(home, limits: limits) { client async throws in
            async let stuck = client.call("notes.stuck")
            await home.holdUp.arrived()
            let refused = try await client.speaking(with: "bob-token").legacy("ping")
            #expect(refused.status == 503)
            #expect(refused.headers[.retryAfter] == "1")
            home.holdUp.letGo()
            #expect(try await stuck.status == 200)
            #expect(try await client.speaking(with: "bob-token").legacy("ping").status == 200)
        }
    }

    @Test func `a client cancels its own waiting call and nobody else's`() async throws {
        try await withServer(home) { client async throws in
            let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#
            async let stuck = client.call("notes.stuck")
            await home.holdUp.arrived()
            // Another token, another id, and another spelling of the id name other calls.
            #expect(try await client.speaking(with: "bob-token").send(cancel).status == 202)
            for other in [#""1""#, "2"] {
                let body = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(other)}}"#
                #expect(try await client.send(body).status == 202)
            }
            async let second = client.speaking(with: "bob-token").call("notes.stuck")
            await home.holdUp.arrived()
            #expect(try await client.send(cancel).status == 202)
            #expect(await home.holdUp.wasCancelled())
            #expect(try await stuck.toolError?["kind"] == "not_sent")
            home.holdUp.letGo()
            #expect(await home.holdUp.wasCancelled() == false)
            #expect(try await second.toolError == nil)
        }
    }

    @Test func `an id that two programs use at once cancels neither`() async throws {
        try await withServer(home) { client async throws in
            async let first = client.call("notes.stuck")
            async let second = client.call("notes.stuck")
            await home.holdUp.arrived()
            await home.holdUp.arrived()
            let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#
            #expect(try await client.send(cancel).status == 202)
            home.holdUp.letGo()
            let errors = try await [first.toolError, second.toolError]
            #expect(errors == [nil, nil])
        }
    }
}
