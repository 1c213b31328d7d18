import Authority
import Gate
import Testing
import Twins
import Wire

/// Of several accounts the one that was chosen is used, and of an agent's mandate that agent's alone.
struct ChoiceTests {
    private static func chosen(_ name: String) -> ChosenAccount {
        ChosenAccount(connection: ConnectionID("con-\(name)"), account: name)
    }

    @Test func `of two accounts none is used until one is chosen, and then that one`() async throws {
        let stage = try Stage()
        stage.connections.double(choosing: nil)
        guard case .connect(let findings) = await stage.call("notes.read") else {
            Issue.record("it was not a need")
            return
        }
        #expect(findings.map(\.rule) == [.severalAccounts])
        #expect(findings.first?.names == ["notes", "alice", "helper"])
        #expect(stage.upstream.seen.isEmpty)
        stage.connections.double(choosing: Self.chosen("alice-2"))
        stage.upstream.answer(json: "{}")
        _ = await stage.call("notes.read")
        #expect(stage.upstream.seen.map(\.connection) == [ConnectionID("con-alice-2")])
    }

    @Test func `a choice that changes before the commit is the one that counts`() async throws {
        let stage = try Stage()
        let scope = EpochScope.connections(Stage.organization, .person(Stage.alice), Stage.provider)
        stage.connections.double(choosing: Self.chosen("alice"))
        stage.upstream.answer(json: "{}")
        let (connections, store) = (stage.connections, stage.store)
        stage.clock.when(.beforeCommit) {
            connections.double(choosing: Self.chosen("alice-2"))
            _ = store.apply(Transaction(bumps: [scope]), by: nil, at: Timestamp(microseconds: 0))
        }
        _ = await stage.call("notes.write")
        #expect(stage.upstream.seen.map(\.connection) == [ConnectionID("con-alice-2")])
    }

    @Test func `row 8: facts of another agent than the one that was asked lend nothing`() async throws {
        let stage = try Stage()
        let asked = stage.request("notes.read", ["id": "1"])
        let answer = await stage.gate.perform(
            ToolCallRequest(
                organization: asked.organization, agent: AgentID("mixed-up"), requester: asked.requester,
                client: asked.client, trigger: asked.trigger, tool: asked.tool, arguments: asked.arguments))
        #expect(answer.name == "unavailable")
        #expect(stage.upstream.seen.isEmpty)
    }
}
