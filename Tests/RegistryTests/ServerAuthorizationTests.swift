import Authority
import Gate
import OAuth
import Registry
import Synchronization
import Testing
import Twins
import Wire

/// What a remote server says of its tokens: pinned by whoever may decide it, compared later, never followed.
struct ServerAuthorizationTests {
    /// What the server says now.
    private final class Said: Sendable {
        private let document: Mutex<JSONObject> = Mutex([
            "issuer": "https://id.test", "authorization_endpoint": "https://id.test/authorize",
            "token_endpoint": "https://id.test/token", "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["read", "write", "rest"],
        ])

        func say(_ name: String, _ value: JSON) { document.withLock { $0[name] = value } }

        func authorization() throws -> ResourceAuthorization {
            let json = JSON.object(document.withLock { $0 })
            let issuer = try Issuer(json["issuer"]?.stringValue ?? "")
            return ResourceAuthorization(
                resource: "https://wild.test/mcp", server: try ServerMetadata(json, of: issuer), scopes: ["read"],
                most: ["read", "write"])
        }
    }

    private let store = MemoryStore()
    private let acme = OrganizationID("acme")
    private let operating = Administrator.systemUser(uid: 1)
    private let said = Said()
    private let desk: ServerDesk

    init() async throws {
        let administration = Administration(
            store: store, commits: store, shelf: LiveShelf(ToolShelf([])), world: FakeWorld().world,
            accounts: { _ in [] }, isDemo: false)
        try await administration.addOrganization(acme, name: "Acme", domains: ["acme.test"], by: operating)
        desk = ServerDesk(
            administration: administration, store: store, bundled: ToolShelf([]), callable: { _ in nil },
            authorization: { [said] _, issuer throws(RegistryError) in
                guard issuer != "https://other.test", let found = try? said.authorization() else {
                    throw RegistryError(.refused, "another resource")
                }
                return found
            },
            lend: { _, _ in LentConnection(id: ConnectionID("readers"), owner: .agent(AgentID("reader"))) },
            discover: { _, _ in
                DiscoveredTools(tools: [["name": "close", "inputSchema": ["type": "object"]]], isModern: true)
            })
    }

    private func add(_ wish: AuthorizationWish = AuthorizationWish()) async throws -> RemoteServer {
        try await desk.add(
            "wild", url: "https://wild.test/mcp", needsConnection: false, authorizing: wish, by: operating, in: acme)
    }

    private func pinned() async throws -> PinnedAuthorization? {
        try await desk.servers(in: acme).first?.authorization
    }

    private func changes() async throws -> [String] {
        try await store.records(of: .organization(acme), from: 0, limit: 100).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }.filter { $0.hasPrefix("server.") }
    }

    @Test func `what is found is pinned in the commit that adds the server, and binds its credentials`() async throws {
        let server = try await add(AuthorizationWish(scopes: ["admin"]))
        #expect(server.needsConnection && !server.isConnectedByHand && server.place == "https://wild.test/mcp")
        #expect(try await pinned()?.pinned.most == ["read", "write", "admin"])
        #expect(try await changes() == ["server.authorization-asked", "server.added"])
    }

    @Test func `what is refused is told, and no server is added`() async throws {
        await #expect(throws: RegistryError.self) { try await add(AuthorizationWish(issuer: "https://other.test")) }
        await #expect(throws: RegistryError.self) { try await add(AuthorizationWish(scopes: ["a b"])) }
        #expect(try await desk.servers(in: acme).isEmpty)
        #expect(try await changes() == ["server.authorization-asked", "server.authorization-refused"])
    }

    @Test func `another endpoint later is quarantined once, until somebody agrees or it is taken back`() async throws {
        _ = try await add()
        try await desk.verify("wild", in: acme)
        said.say("token_endpoint", "https://evil.test/token")
        for _ in 0..<2 {
            await #expect(throws: RegistryError.self) { try await desk.verify("wild", in: acme) }
        }
        #expect(try await pinned()?.pinned.server.token.url == "https://id.test/token", "nothing is followed")
        #expect(try await pinned()?.quarantined?.server.token.url == "https://evil.test/token")
        #expect(try await changes().count { $0 == "server.authorization-quarantined" } == 1)
        said.say("token_endpoint", "https://id.test/token")
        try await desk.verify("wild", in: acme)
        #expect(try await pinned()?.quarantined == nil)
        said.say("token_endpoint", "https://new.test/token")
        _ = try await desk.authorize("wild", AuthorizationWish(), by: operating, in: acme)
        #expect(try await pinned()?.pinned.server.token.url == "https://new.test/token")
        try await desk.verify("wild", in: acme)
    }

    @Test func `another list of scopes changes nothing, and a tool's needs survive its pinning`() async throws {
        _ = try await add()
        said.say("scopes_supported", ["read", "write", "rest", "all"])
        try await desk.verify("wild", in: acme)
        _ = try await desk.refresh("wild", by: operating, in: acme)
        let challenge = #"Bearer error="insufficient_scope", scope="write""#
        #expect(await challenged(challenge, to: "wild.close") == .learned([]))
        _ = try await desk.refresh("wild", by: operating, in: acme)
        #expect(try await desk.tool("wild.close", in: acme).scopes == ["write"])
        #expect(await challenged(challenge, to: "wild.close") == .nothing, "it is learned once")
    }

    @Test(arguments: [
        (#"Bearer error="insufficient_scope", scope="write admin""#, ["server.scopes-refused"]),
        (#"Bearer error="insufficient_scope""#, ["server.scopes-needed"]), (#"Bearer error="invalid_token""#, []),
        ("Basic", []),
    ])
    func `a server asks for what was pinned and no more`(challenge: String, told: [String]) async throws {
        _ = try await add()
        _ = try await desk.refresh("wild", by: operating, in: acme)
        let lesson = await challenged(challenge, to: "wild.close")
        switch told.first {
        case "server.scopes-needed": #expect(lesson == .learned([]))
        case "server.scopes-refused":
            guard case .refused(let refusal) = lesson else { return #expect(Bool(false), "it is refused: \(lesson)") }
            #expect(refusal.message.contains("`admin`") && refusal.wayOut.contains("deputy servers authorize wild"))
        case nil, _?: #expect(lesson == .nothing)
        }
        #expect(try await changes().filter { $0.hasPrefix("server.scopes") } == told)
        #expect(await challenged(challenge, to: "wild.nothing") == .nothing)
    }

    private func challenged(_ challenge: String, to tool: String) async -> ScopeLesson {
        await desk.challenged(
            .challenge(challenge),
            by: LackingCall(tool: tool, organization: acme, agent: AgentID("helper"), use: nil, needs: [], most: []))
    }
}
