import Authority
import Gateway
import HTTPTypes
import HummingbirdTesting
import Registry
import Testing

/// Tokens that were given for one URL.
struct MCPAudienceTests {
    private func home(_ audience: String) throws -> FakeHome {
        try FakeHome(clients: [
            "granted": AuthenticatedClient(
                client: "grant", organization: FakeHome.acme, person: "alice", agents: ["helper"], audience: audience)
        ])
    }

    @Test func `a token that may do less than its client does is told all that would be enough`() async throws {
        let home = try FakeHome(clients: [
            "narrow": AuthenticatedClient(
                client: "grant", organization: FakeHome.acme, person: "alice", agents: ["helper"],
                audience: "https://deputy.test/mcp/helper", ceiling: [.send, .create],
                allowed: [.send, .draft]),
            "wide": AuthenticatedClient(
                client: "grant", organization: FakeHome.acme, person: "alice", agents: ["helper"],
                audience: "https://deputy.test/mcp/helper", ceiling: .read),
        ])
        try await withServer(home) { client async throws in
            let refused = try await client.speaking(with: "narrow").call("notes.get")
            #expect(refused.status == 403)
            let challenge = try #require(refused.headers[.wwwAuthenticate])
            #expect(
                challenge.contains(#"error="insufficient_scope""#) && challenge.contains(#"scope="read send""#),
                "\(challenge)")
            #expect(try await client.speaking(with: "wide").call("notes.get").status == 200)
        }
        #expect(home.calls.count == 1)
    }

    @Test(arguments: [
        ("https://deputy.test/mcp/helper", "/mcp/helper", 200),
        ("https://deputy.test/mcp/helper", "/org/acme/mcp/helper", 401),
        ("https://deputy.test/org/acme/mcp/helper", "/org/acme/mcp/helper", 200),
        ("https://deputy.test/org/acme/mcp/helper", "/mcp/helper", 401),
        ("https://deputy.test/mcp/helper", "/mcp/private", 401),
        ("https://deputy.test/mcp/helper", "/mcp/missing", 401),
        ("https://deputy.test/mcp/helper", "/org/rival/mcp/helper", 401),
        ("https://other.test/mcp/helper", "/mcp/helper", 401),
        ("https://deputy.test", "/mcp/helper", 401), ("https://deputy.test/mcp/helper/", "/mcp/helper", 401),
    ])
    func `a token is good at exactly the URL that it was given for`(
        _ audience: String, _ path: String, _ status: Int
    ) async throws {
        try await withServer(try home(audience)) { client async throws in
            let reply = try await client.speaking(with: "granted", at: path).legacy("ping")
            #expect(reply.status == status)
            let challenge = reply.headers[.wwwAuthenticate]
            #expect((challenge?.contains(#"error="invalid_token""#) ?? false) == (status == 401))
        }
    }
}
