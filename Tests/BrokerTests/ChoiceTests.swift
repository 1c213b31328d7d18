import Authority
import Broker
import Gate
import Testing
import Twins
import Wire

/// Which of several accounts an agent uses.
struct ChoiceTests {
    private let stage: VaultStage
    private let alice = Owner.person(PersonID("alice"))
    private let gmail = ProviderID("gmail")
    private let helper = AgentID("helper")

    init() throws {
        stage = try VaultStage()
    }

    /// A second account of Alice's.
    private func second() async throws -> ConnectionRecord { try await connect("alice@home.test") }

    private func connect(_ account: String) async throws -> ConnectionRecord {
        var bytes = Array("secret of \(account)".utf8)
        return try await stage.desk(saying: account).add(
            NewConnection(
                organization: VaultStage.acme, owner: alice, provider: gmail, agentOwner: nil,
                isSharedWithOwner: false,
                people: [PersonClaim(person: PersonID("alice"), email: account, subjects: [:])], by: "test", under: []),
            secret: &bytes)
    }

    private func choose(
        _ id: ConnectionID, of owner: Owner? = nil, shown: String? = nil, under unmoved: [EpochReading] = []
    ) async throws -> AccountChoice {
        try await stage.desk.choose(
            id, of: owner ?? alice, for: helper, shown: shown, by: "person:alice", in: VaultStage.acme, under: unmoved)
    }

    private var source: StoredConnections {
        StoredConnections(store: stage.store, commits: stage.store, world: stage.clock.world)
    }

    @Test func `a choice reaches the gate for its own agent, and moves the epoch that permits stand on`() async throws {
        let (first, second) = (try await connect("alice@acme.test"), try await second())
        let source = source
        let before = try await source.connections(of: alice, at: gmail, in: VaultStage.acme)
        #expect(before.chosen.isEmpty && before.connections.count == 2)
        let choice = try await choose(second.id)
        let after = try await source.connections(of: alice, at: gmail, in: VaultStage.acme)
        #expect(after.chosen == [helper: ChosenAccount(connection: second.id, account: "alice@home.test")])
        #expect(after.epoch.value == before.epoch.value + 1)
        #expect(choice.by == "person:alice")
        _ = try await choose(first.id)
        let again = try await source.connections(of: alice, at: gmail, in: VaultStage.acme)
        #expect(again.chosen[helper]?.connection == first.id)
        try await stage.desk.takeBackChoice(
            of: alice, at: gmail, for: helper, by: "person:alice", in: VaultStage.acme)
        let none = try await source.connections(of: alice, at: gmail, in: VaultStage.acme)
        #expect(none.chosen.isEmpty && none.epoch.value == again.epoch.value + 1)
        let changes = try await stage.changes(in: .organization(VaultStage.acme)).filter { $0.hasPrefix("choice") }
        #expect(changes == ["choice.made", "choice.made", "choice.taken-back"])
    }

    @Test func `nobody chooses what isn't the owner's own, what can't be used, or what isn't what they saw`()
        async throws
    {
        let own = try await connect("alice@acme.test")
        let bobs = try await stage.connect("bob", secret: "bobs-secret")
        func refusal(_ body: () async throws -> AccountChoice) async -> BrokerError.Code? {
            await #expect(throws: BrokerError.self) { _ = try await body() }?.code
        }
        #expect(await refusal { try await choose(bobs.id) } == .unknown)
        #expect(await refusal { try await choose(own.id, of: .agent(AgentID("alice"))) } == .unknown)
        #expect(await refusal { try await choose(ConnectionID("none")) } == .unknown)
        #expect(await refusal { try await choose(own.id, shown: "alice@home.test") } == .refused)
        let stale = EpochReading(scope: .agent(VaultStage.acme, helper), value: 7)
        #expect(await refusal { try await choose(own.id, under: [stale]) } == .unavailable)
        _ = try await stage.desk.revoke(own.id, in: VaultStage.acme, by: "test")
        #expect(await refusal { try await choose(own.id) } == .refused)
        #expect(try await stage.desk.choices(in: VaultStage.acme).isEmpty)
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.takeBackChoice(
                of: alice, at: gmail, for: helper, by: "test", in: VaultStage.acme)
        }
        #expect(error?.code == .unknown)
    }

    @Test func `what was chosen stays chosen when it is revoked, so that nothing takes its place`() async throws {
        let (_, second) = (try await connect("alice@acme.test"), try await second())
        _ = try await choose(second.id)
        _ = try await stage.desk.revoke(second.id, in: VaultStage.acme, by: "test")
        let found = try await source.connections(of: alice, at: gmail, in: VaultStage.acme)
        #expect(found.chosen[helper]?.connection == second.id)
    }

    @Test func `whoever leaves takes their choices along`() async throws {
        let own = try await connect("alice@acme.test")
        _ = try await choose(own.id)
        let claim = PersonClaim(person: PersonID("alice"), email: "alice@acme.test", subjects: [:])
        let leaving = LeavingDesk(store: stage.store, connections: stage.desk)
        try await stage.store.commit(try await leaving.cut(claim, in: VaultStage.acme, by: "test").transaction)
        #expect(try await stage.desk.choices(in: VaultStage.acme).isEmpty)
    }

    @Test func `whoever connects something at a remote server while they leave hasn't left`() async throws {
        let claim = PersonClaim(person: PersonID("alice"), email: "alice@acme.test", subjects: [:])
        let end = try await LeavingDesk(store: stage.store, connections: stage.desk).cut(
            claim, in: VaultStage.acme, besides: [ProviderID("tickets")], by: "test"
        ).transaction
        let scope = EpochScope.connections(VaultStage.acme, alice, ProviderID("tickets"))
        try await stage.store.commit(Transaction(bumps: [scope]))
        await #expect(throws: CommitError.self) { try await stage.store.commit(end) }
    }
}
