import Authority
import Definition
import Gate
import Testing
import Twins
import Wire

@testable import Broker

/// What a provider's API says that a call lacks.
struct StepUpTests {
    static let acme = OrganizationID("acme")
    static let slack = ProviderID("slack")
    static let most: Set<String> = ["channels:history", "groups:history", "im:history", "chat:write"]
    let store = MemoryStore()
    let clock = FakeWorld()
    let providers: ProviderShelf

    init() throws {
        providers = try ProviderShelf(try BundledProviders.read())
    }

    var desk: StepUpDesk {
        StepUpDesk(store: store, commits: store, providers: providers, keeper: nil, world: clock.world)
    }

    @discardableResult
    func connect(
        _ provider: ProviderID = slack, kind: String = ConnectionDesk.grantKind,
        owner: Owner = .person(PersonID("carol")),
        scopes: Set<String> = ["channels:history"]
    ) async throws -> ConnectionRecord {
        let row = ConnectionRecord(
            id: ConnectionID("con_1"), organization: StepUpTests.acme, owner: owner, provider: provider,
            origin: "https://api.test", kind: kind, account: "U1", accountName: "carol", email: nil, scopes: scopes,
            generation: 1, fingerprint: "f", sealed: [1], health: .healthy, created: clock.world.now())
        try await store.commit(Transaction(changes: [BrokerChange.add(row)]))
        return row
    }

    /// As somebody who consented to it does.
    func reconnect(granting scopes: Set<String>) async throws -> ConnectionRecord {
        let row = try await self.row()
        let next = ConnectionRecord(
            id: row.id, organization: row.organization, owner: row.owner, provider: row.provider, origin: row.origin,
            kind: row.kind, account: row.account, accountName: row.accountName, email: nil, scopes: scopes,
            generation: row.generation + 1, fingerprint: "g", sealed: [2], health: .healthy, created: row.created,
            lacks: row.lacks)
        try await store.commit(Transaction(changes: [BrokerChange.reconnect(next)]))
        return next
    }

    func row() async throws -> ConnectionRecord { try #require(try await store.connection(ConnectionID("con_1"))) }

    func ask(
        _ lack: ScopeLack, _ tool: String = "slack.read_channel", of row: ConnectionRecord? = nil,
        most: Set<String> = most
    ) async throws -> ScopeLesson {
        let row = if let row { row } else { try await self.row() }
        return await desk.challenged(
            lack,
            by: LackingCall(
                tool: tool, organization: StepUpTests.acme, agent: AgentID("helper"), use: row.use,
                needs: ["channels:history"], mayNeed: ["groups:history", "im:history"], most: most))
    }

    func changes() async throws -> [JSON] {
        try await store.records(of: .organization(StepUpTests.acme), from: 0, limit: 100).map {
            try JSON.parse($0.bytes)
        }
    }

    @Test func `what a call lacks is kept, and the connection isn't broken`() async throws {
        let row = try await connect()
        let epoch = EpochScope.connections(StepUpTests.acme, row.owner, row.provider)
        let before = store.epoch(of: epoch)
        #expect(try await ask(.named(["groups:history"])) == .learned(["groups:history"]))
        #expect(try await self.row().lacks.all == ["groups:history"])
        #expect(try await self.row().use.facts.lacks.isEmpty, "some calls lack it, and the others go on")
        #expect(store.epoch(of: epoch) != before, "a permit that was given before doesn't hold")
        #expect(try await self.row().health == .healthy)
        let leaf = try #require(try await changes().last)
        #expect((leaf["change"], leaf["by"]) == ("connection.scopes-needed", "provider:slack"))
        #expect(leaf["scopes"] == ["groups:history"])
        // The same again before anybody has consented: known.
        #expect(try await ask(.named(["groups:history"])) == .learned(["groups:history"]))
        #expect(try await changes().count == 1)
    }

    @Test func `what every call needs is needed by the decision, until it is granted`() async throws {
        try await connect()
        #expect(try await ask(.named(["channels:history"])) == .learned(["channels:history"]))
        let lacks = ["slack.read_channel": Set(["channels:history"])]
        #expect(try await row().use.facts.lacks == lacks)
        #expect(try await reconnect(granting: ["chat:write"]).use.facts.lacks == lacks)
        #expect(try await reconnect(granting: ["channels:history"]).use.facts.lacks.isEmpty)
    }

    @Test func `what isn't granted may be asked for again`() async throws {
        try await connect()
        for _ in 0..<3 {
            #expect(try await ask(.named(["groups:history"])) == .learned(["groups:history"]))
            _ = try await reconnect(granting: ["channels:history"])
        }
        _ = try await reconnect(granting: ["channels:history", "groups:history"])
        guard case .refused = try await ask(.named(["groups:history"])) else {
            Issue.record("what was granted isn't asked for")
            return
        }
    }

    @Test func `a provider that refuses what it granted is asked no more`() async throws {
        try await connect()
        // It is said to be lacking, though the row has it.
        #expect(try await ask(.unnamed) == .learned(["channels:history"]))
        #expect(try await row().use.facts.lacks == ["slack.read_channel": ["channels:history"]])
        _ = try await reconnect(granting: ["channels:history"])
        for _ in 0..<3 {
            guard case .refused(let refusal) = try await ask(.unnamed) else {
                Issue.record("it is believed once")
                return
            }
            #expect(refusal.message.contains("has granted `channels:history` and still refuses"))
        }
        #expect(try await row().use.facts.lacks.isEmpty)
        #expect(try await changes().count == 1)
        // Another one is another question.
        #expect(try await ask(.named(["im:history"])) == .learned(["im:history"]))
    }

    @Test(arguments: [
        ScopeLack.named(["admin"]), .named(["groups:history,admin"]),
        .challenge(#"Bearer error="insufficient_scope", scope="admin""#),
    ])
    func `nobody is asked for more than the agent's tools may need`(_ lack: ScopeLack) async throws {
        try await connect()
        guard case .refused(let refusal) = try await ask(lack) else {
            Issue.record("it is refused")
            return
        }
        #expect(refusal.message.contains("admin") && refusal.message.contains("`helper`"))
        #expect(refusal.wayOut.contains("mayNeed") && refusal.wayOut.contains("providers/slack.json5"))
        #expect(try await row().lacks == LackedScopes())
        #expect(try await changes().last?["change"] == "connection.scopes-refused")
    }

    @Test(arguments: [
        ScopeLack.challenge("Bearer"), .challenge(#"Bearer error="invalid_token""#), .challenge("Basic x"),
        .challenge(#"Bearer error="insufficient_scope", scope="a", scope="b""#), .named(["two words"]),
        .named(Array(repeating: "a", count: 101)), .named([String(repeating: "a", count: 300)]),
    ])
    func `what can't be read teaches nothing`(_ lack: ScopeLack) async throws {
        try await connect()
        #expect(try await ask(lack) == .nothing)
        #expect(try await changes().isEmpty)
    }

    @Test func `of several that would do, the one that the tool names is asked for`() throws {
        let manifest = try #require(providers.manifest(of: StepUpTests.slack))
        func wanted(_ named: [String], needs: Set<String> = ["channels:history"]) -> Set<String>? {
            StepUpDesk.wanted(
                .named(named),
                by: LackingCall(
                    tool: "t", organization: StepUpTests.acme, agent: AgentID("a"), use: nil, needs: needs,
                    mayNeed: ["groups:history"], most: StepUpTests.most), at: manifest)
        }
        #expect(wanted(["groups:history", "channels:history", "x"]) == ["channels:history"])
        #expect(wanted(["groups:history", "im:history"]) == ["groups:history"])
        #expect(wanted(["im:history", "x"]) == ["im:history"])
        #expect(wanted(["x", "y"]) == ["x", "y"])
        #expect(wanted([]) == ["channels:history"])
    }

    @Test func `without alternatives all of them are wanted, by their own names`() throws {
        let manifest = try #require(providers.manifest(of: ProviderID("outlook")))
        let call = LackingCall(
            tool: "t", organization: StepUpTests.acme, agent: AgentID("a"), use: nil, needs: ["Mail.Read"], most: [])
        let challenge =
            #"Bearer error="insufficient_scope", scope="https://graph.microsoft.com/Mail.Read Calendars.Read""#
        #expect(StepUpDesk.wanted(.challenge(challenge), by: call, at: manifest) == ["Mail.Read", "Calendars.Read"])
        #expect(StepUpDesk.wanted(.unnamed, by: call, at: manifest) == ["Mail.Read"])
    }

    @Test(arguments: [
        ("bearer", "make another key"), (OwnGrant.ourselvesKind, "--scope"), (OwnGrant.accountKind, "--scope"),
    ])
    func `what no consent gives has another way out`(_ kind: String, _ way: String) async throws {
        try await connect(kind: kind, owner: .agent(AgentID("helper")))
        guard case .refused(let refusal) = try await ask(.named(["groups:history"])) else {
            Issue.record("it is refused")
            return
        }
        #expect(refusal.wayOut.contains(way) && refusal.wayOut.contains("--agent helper"))
        #expect(try await row().lacks == LackedScopes())
    }

    @Test func `a refusal of an earlier grant says nothing of this one`() async throws {
        let first = try await connect()
        _ = try await reconnect(granting: ["channels:history"])
        #expect(try await ask(.named(["groups:history"]), of: first) == .learned([]))
        #expect(try await row().lacks == LackedScopes())
    }

    @Test func `a provider that isn't known teaches nothing`() async throws {
        let row = try await connect(ProviderID("tickets"))
        #expect(!desk.knows(row.use) && !desk.knows(nil))
        #expect(try await ask(.named(["groups:history"])) == .nothing)
    }
}
