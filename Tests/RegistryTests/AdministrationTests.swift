import Authority
import Definition
import Gate
import Registry
import Testing
import Twins
import Wire

struct AdministrationTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let organization = OrganizationID("acme")
    private let operating = Administrator.systemUser(uid: 1)

    private func administration(isDemo: Bool = false) async throws -> Administration {
        let administration = Administration(
            store: store, commits: store, shelf: LiveShelf(try AdministrationTests.tools()), world: clock.world,
            accounts: { _ in [] }, isDemo: isDemo)
        try await administration.addOrganization(organization, name: "Acme", domains: ["acme.test"], by: operating)
        for person in ["alice", "bob"] {
            _ = try await administration.addPerson(
                PersonID(person), name: nil, email: "\(person)@acme.test", subjects: [:], by: operating,
                in: organization)
        }
        return administration
    }

    private static func tools() throws -> ToolShelf {
        ToolShelf([
            CallableTool(
                spec: ToolSpec(
                    name: "notes.read", provider: ProviderID("notes"), effect: .read, host: "https://notes.example"),
                title: "Read", text: "Reads", schema: try JSONSchema(["type": "object"]), roles: [:],
                planner: NoPlanner(), executor: NoExecutor())
        ])
    }

    private func addAgent(_ administration: Administration, actsAs: String? = "assistant") async throws {
        var definition: JSONObject = ["slots": ["notes:\(actsAs == "claw" ? "agent" : "person")"], "users": "everyone"]
        definition["actsAs"] = actsAs.map { .string($0) }
        _ = try await administration.addAgent(
            AgentID("helper"), owner: PersonID("alice"), definition: definition, by: operating, in: organization)
    }

    private func changes() async throws -> [String] {
        try await store.records(of: .organization(organization), from: 0, limit: 99).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
    }

    @Test func `every change of authority leaves a leaf`() async throws {
        let administration = try await administration()
        try await addAgent(administration, actsAs: nil)
        _ = try await administration.setIdentity(
            .assistant, of: AgentID("helper"), tier: nil, principals: [], by: operating, in: organization)
        #expect(
            try await changes() == [
                "organization.added", "person.added", "person.added", "agent.added", "agent.identity",
            ])
    }

    @Test func `an identity is set once`() async throws {
        let administration = try await administration()
        try await addAgent(administration)
        let error = await #expect(throws: RegistryError.self) {
            try await administration.setIdentity(
                .claw, of: AgentID("helper"), tier: nil, principals: [], by: operating, in: organization)
        }
        #expect(error?.message == "`helper` is an assistant, and stays one")
    }

    @Test func `a code becomes a token once and the code is dead afterwards`() async throws {
        let administration = try await administration()
        try await addAgent(administration)
        let made = try await administration.createToken(
            for: PersonID("bob"), agents: [AgentID("helper")], label: "", seconds: 3600, by: operating,
            in: organization)
        #expect(made.record.state == .offered)
        let tokens = StoredTokens(store: store, grants: store, commits: store, world: clock.world)
        #expect(try await tokens.client(bearing: made.secret.text) == nil)
        let taken = try await administration.takeUp(code: made.secret.text)
        #expect(try await tokens.client(bearing: taken.secret.text)?.person == PersonID("bob"))
        await #expect(throws: RegistryError.self) { try await administration.takeUp(code: made.secret.text) }
        let agreed = try await store.agreement(of: PersonID("bob"), with: AgentID("helper"), in: organization)
        #expect(agreed?.capabilities.isEmpty == false)
    }

    @Test func `two who take up the same code at once get one token`() async throws {
        let administration = try await administration()
        try await addAgent(administration)
        let code = try await administration.createToken(
            for: PersonID("bob"), agents: [AgentID("helper")], label: "", seconds: 3600, by: operating,
            in: organization
        ).secret.text
        let taken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { (try? await administration.takeUp(code: code)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1)
    }

    @Test func `a revoked token and an expired one speak for nobody`() async throws {
        let administration = try await administration(isDemo: true)
        try await addAgent(administration)
        let tokens = StoredTokens(store: store, grants: store, commits: store, world: clock.world)
        let made = try await administration.createToken(
            for: PersonID("bob"), agents: [AgentID("helper")], label: "", seconds: 3600, by: operating,
            in: organization)
        #expect(try await tokens.client(bearing: made.secret.text) != nil)
        try await administration.revokeToken(made.record.id, by: operating, in: organization)
        #expect(try await tokens.client(bearing: made.secret.text) == nil)
        let short = try await administration.createToken(
            for: PersonID("bob"), agents: [AgentID("helper")], label: "", seconds: 60, by: operating, in: organization)
        clock.advance(seconds: 61)
        #expect(try await tokens.client(bearing: short.secret.text) == nil)
    }

    @Test func `facts follow a revocation and the kill switch at once`() async throws {
        let administration = try await administration(isDemo: true)
        try await addAgent(administration)
        let made = try await administration.createToken(
            for: PersonID("bob"), agents: [AgentID("helper")], label: "", seconds: 3600, by: operating,
            in: organization)
        let facts = RegistryFacts(
            store: store, commits: store, shelf: LiveShelf(try AdministrationTests.tools()), world: clock.world)
        let request = ToolCallRequest(
            organization: organization, agent: AgentID("helper"), requester: .person(PersonID("bob")),
            client: made.record.id, trigger: .call, tool: "notes.read", arguments: [:])
        #expect(try await facts.facts(for: request)?.standing == StandingFacts())
        try await administration.setStopped(true, organization, by: operating)
        #expect(try await facts.facts(for: request)?.standing.isStopped == true)
        try await administration.setStopped(false, organization, by: operating)
        try await administration.revokeToken(made.record.id, by: operating, in: organization)
        #expect(try await facts.facts(for: request)?.standing.client == .removed)
    }

    @Test func `an address outside the organization and a taken one are refused`() async throws {
        let administration = try await administration()
        for email in ["carol@elsewhere.example", "alice@acme.test", "carol"] {
            await #expect(throws: RegistryError.self) {
                try await administration.addPerson(
                    PersonID("carol"), name: nil, email: email, subjects: [:], by: operating, in: organization)
            }
        }
    }
}

struct NoPlanner: RequestPlanner {
    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        RequestPlan(effect: Step(kind: .effect, method: "GET", path: "/", query: ""))
    }
}

struct NoExecutor: ToolExecutor {
    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome { .notSent("a test") }
}
