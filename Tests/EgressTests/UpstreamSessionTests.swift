import Authority
import Broker
import Gate
import HTTPTypes
import Hummingbird
import Synchronization
import Testing
import Vault
import Wire

@testable import Egress

/// Sessions at servers that speak 2025-11-25: whose is whose.
struct UpstreamSessionTests {
    @Test func `row 8: no session of one person at a server serves another, with the agent's credential or with none`()
        async throws
    {
        try await withServer { origin in
            let egress = Self.egress()
            let speakers =
                ["alice", "bob", "alice", nil].map { Self.speaker("diary", $0) }
                + [Self.speaker("atlas", "alice"), Self.speaker("diary", "alice", in: "other")]
            var open: [String] = []
            var held: [String] = []
            for speaker in speakers {
                let step = Self.step(at: origin)
                open.append(Self.session(in: try await egress.sendOpenly(step, as: speaker)))
                let answer = try await egress.send(step, for: Self.use(origin), mayRepeat: false, as: speaker)
                held.append(Self.session(in: answer))
            }
            for sessions in [open, held] {
                #expect(sessions[0] == sessions[2], "their own session goes on")
                #expect(Set(sessions).count == 5, "\(sessions)")
            }
            #expect(Set(open).isDisjoint(with: held))
            let errand = try await egress.discover(Self.step(at: origin), for: Self.use(origin))
            #expect(!(open + held).contains(Self.session(in: errand)))
            egress.forget(Self.use(origin).facts.id)
            let after = try await egress.send(
                Self.step(at: origin), for: Self.use(origin), mayRepeat: false, as: speakers[0])
            #expect(!held.contains(Self.session(in: after)), "a revoked connection takes all its sessions along")
            try await egress.shutdown()
        }
    }

    @Test func `a credential that is bound to a whole address goes to no other path of its host`() async throws {
        try await withServer { origin in
            let egress = Self.egress()
            let answer = try await egress.send(Self.step(at: origin), for: Self.use(origin + "/mcp"), mayRepeat: false)
            #expect(answer.status == 200)
            for place in ["/", "/mcp/", "/mcp2", "/m", "/MCP"] {
                await #expect(throws: UpstreamFailure.self, "\(place)") {
                    _ = try await egress.send(Self.step(at: origin), for: Self.use(origin + place), mayRepeat: false)
                }
            }
            try await egress.shutdown()
        }
    }

    private static func speaker(
        _ agent: String, _ person: String?, in organization: String = "acme"
    ) -> UpstreamSessions.Speaker {
        UpstreamSessions.Speaker(
            organization: OrganizationID(organization), agent: AgentID(agent), principal: person.map { PersonID($0) })
    }

    private static func step(at origin: String) -> Step {
        Step(
            kind: .effect, method: "POST", path: "/mcp", query: "",
            body: Array(#"{"jsonrpc":"2.0","id":"1","method":"tools/call"}"#.utf8),
            transport: .mcp(MCPCarriage(id: "1", isModern: false, origin: origin)))
    }

    private static func use(_ origin: String) -> ConnectionUse {
        ConnectionUse(
            facts: ConnectionFacts(
                id: ConnectionID("c"), provider: ProviderID("p"), owner: .agent(AgentID("diary")), host: origin,
                account: "bot", scopes: [], health: .healthy), organization: OrganizationID("acme"), generation: 1,
            fingerprint: "fp", origin: origin)
    }

    private static func session(in answer: UpstreamAnswer) -> String {
        (try? JSON.parse(answer.body))?["result"]?["session"]?.stringValue ?? "none"
    }

    private static func egress() -> HTTPEgress {
        HTTPEgress(
            credentials: AnySecret(), addresses: AddressPolicy(allowLoopback: true), resolver: SystemResolver(),
            limits: EgressLimits(), secrets: LiveSecrets(), userAgent: "test",
            log: quiet)
    }

    /// A server that gives each handshake a session of its own, and answers with the session that a call came in.
    private func withServer(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let count = Mutex(0)
        let router = Router()
        router.post("/mcp") { request, _ in
            let session = HTTPField.Name("Mcp-Session-Id").flatMap { request.headers[$0] }
            let message = try JSON.parse(Array(try await request.body.collect(upTo: 1 << 16).readableBytesView))
            var headers: HTTPFields = [.contentType: "application/json"]
            var result: JSON = ["session": .string(session ?? "none")]
            if message["method"]?.stringValue == "initialize", let name = HTTPField.Name("Mcp-Session-Id") {
                headers[name] = count.withLock { number in
                    number += 1
                    return "session-\(number)"
                }
                result = ["protocolVersion": "2025-11-25"]
            }
            let answer: JSON = ["jsonrpc": "2.0", "id": message["id"] ?? .null, "result": result]
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: .init(bytes: answer.bytes())))
        }
        try await serving(router, body)
    }
}

private struct AnySecret: LastingSource {
    func credential(for use: ConnectionUse, by agent: AgentID?) async throws(CredentialError) -> Credential {
        var bytes = Array("s3cret-bearer".utf8)
        return Credential(placement: .bearer, secret: Secret(consuming: &bytes))
    }
}
