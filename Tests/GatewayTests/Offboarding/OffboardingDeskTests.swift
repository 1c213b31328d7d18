import Authority
import Gate
import Registry
import Testing
import Twins
import Wire

@testable import Gateway

@Suite struct OffboardingDeskTests {
    private typealias Stage = OffboardingStage
    private let own = Owner.person(Stage.bob)

    @Test func `what one commit holds is one commit`() async throws {
        let stage = try await Stage()
        try await stage.connect(10, own)
        let commits = stage.store.commits
        let report = try await stage.offboard()
        #expect(stage.store.commits == commits + 1)
        #expect(report["state"] == "offboarded")
        #expect(report.lines("ended") == ["connections": 10])
        #expect(report.lines("remains") == ["untold": 10, "payloads": 0])
        #expect(try await stage.left(of: own) == (0, 0))
        #expect(try await stage.changes().filter { $0 == "person.offboarded" }.count == 1)
        #expect(try await stage.changes().filter { $0 == "connection.revoked" }.count == 10)
    }

    @Test func `with more than one commit holds, everything is useless after the first`() async throws {
        let stage = try await Stage()
        try await stage.connect(95, own)
        let scope = EpochScope.connections(Stage.acme, own, ProviderID("rippling"))
        let epoch = stage.store.epoch(of: scope)
        let store = stage.store
        stage.clock.when(.offboardingCut) { store.fail(with: "killed") }
        await #expect(throws: RegistryError.self) { try await stage.offboard() }
        #expect(try await stage.left(of: own) == (0, 85))
        #expect(store.epoch(of: scope) == epoch + 1)
        #expect(try await stage.administration.person(Stage.bob, in: Stage.acme).standing == .removed)
        #expect(try await stage.desk.unfinished().map(\.person) == [Stage.bob])
        store.fail(with: nil)
        await #expect(throws: RegistryError.self) { try await stage.add(Stage.bob) }

        // The next one dies as well, after a batch.
        stage.clock.when(.offboardingBatch) { store.fail(with: "killed") }
        await #expect(throws: RegistryError.self) { try await stage.desk.finish(Stage.bob) }
        #expect(try await stage.left(of: own) == (0, 75))
        store.fail(with: nil)

        // And two go on at once.
        async let first = stage.desk.finish(Stage.bob)
        async let second = stage.desk.finish(Stage.bob)
        _ = try await (first, second)
        #expect(try await stage.left(of: own) == (0, 0))
        #expect(try await stage.desk.unfinished().isEmpty)
        let departure = try await store.departure(of: Stage.bob, in: Stage.acme)
        #expect(departure?.ended.own == 95)
        #expect(departure?.ended.untold == [ProviderID("rippling"): 95])
        #expect(try await stage.changes().filter { $0 == "connection.revoked" }.count == 95)
        #expect(try await stage.changes().filter { $0 == "person.offboarded" }.count == 1)
    }

    @Test func `a second run says that nothing was left, and who did it`() async throws {
        let stage = try await Stage()
        try await stage.connect(3, own)
        _ = try await stage.offboard()
        let commits = stage.store.commits
        let report = try await stage.offboard()
        #expect(report["state"] == "already")
        #expect(report["by"] == "operator:1")
        #expect(report.lines("ended").isEmpty)
        #expect(report.lines("remains")["untold"] == 3)
        #expect(stage.store.commits == commits)
    }

    @Test func `a second run finishes what a dead process left`() async throws {
        let stage = try await Stage()
        try await stage.connect(25, own)
        try await stage.administration.setPayloadReader(Stage.bob, true, by: Stage.operating, in: Stage.acme)
        let store = stage.store
        stage.clock.when(.offboardingCut) { store.fail(with: "killed") }
        await #expect(throws: RegistryError.self) { try await stage.offboard() }
        store.fail(with: nil)
        let report = try await stage.offboard()
        #expect(report["state"] == "finished")
        #expect(report.lines("ended") == ["connections": 25, "roles": 1], "with what the first one ended")
        #expect(try await stage.left(of: own) == (0, 0))
    }

    @Test func `of two runs at once one offboards`() async throws {
        let stage = try await Stage()
        try await stage.connect(25, own)
        async let first = stage.offboard()
        async let second = stage.offboard()
        let reports = try await [first, second]
        #expect(reports.count { $0["state"] == "offboarded" } == 1)
        #expect(try await stage.changes().filter { $0 == "person.removed" }.count == 1)
        let departure = try await stage.store.departure(of: Stage.bob, in: Stage.acme)
        #expect(departure?.isOpen == false)
        #expect(departure?.ended.own == 25)
        #expect(try await stage.left(of: own) == (0, 0))
    }

    @Test func `planning changes nothing, and counts the same`() async throws {
        let stage = try await Stage()
        try await stage.connect(25, own)
        let commits = stage.store.commits
        let plan = try await stage.desk.plan(Stage.bob, agentsTo: nil, by: Stage.operating).json
        #expect(plan["state"] == "planned")
        #expect(stage.store.commits == commits)
        let report = try await stage.offboard()
        #expect(plan.lines("ended") == report.lines("ended"))
        let again = try await stage.desk.plan(Stage.bob, agentsTo: nil, by: Stage.operating).json
        #expect(again["state"] == "already")
    }

    @Test func `an account of theirs that very many agents hold ends everywhere`() async throws {
        let stage = try await Stage()
        let agent = Owner.agent(AgentID("desk"))
        try await stage.connect(35, agent, email: "bob@acme.test")
        try await stage.connect(1, agent, email: "desk@acme.test", from: 35)
        let report = try await stage.offboard()
        #expect(try await stage.left(of: agent) == (1, 0))
        #expect(report.lines("ended")["held_by_agents"] == 35)
    }

    @Test func `an agent's connection to their account that is made later ends with the next run`() async throws {
        let stage = try await Stage()
        _ = try await stage.offboard()
        let agent = Owner.agent(AgentID("desk"))
        try await stage.connect(1, agent, email: "bob@acme.test")
        let report = try await stage.offboard()
        #expect(report["state"] == "finished")
        #expect(report.lines("ended") == ["held_by_agents": 1])
        #expect(try await stage.left(of: agent) == (0, 0))
    }

    @Test func `an agent's own account stays, and is told`() async throws {
        let stage = try await Stage()
        _ = try await stage.administration.addAgent(
            AgentID("desk"), owner: Stage.bob, definition: ["actsAs": "claw", "approvers": ["bob", "carol"]],
            by: Stage.operating, in: Stage.acme)
        try await stage.connect(1, .agent(AgentID("desk")), email: "desk@acme.test")
        await #expect(throws: RegistryError.self) { try await stage.offboard() }
        await #expect(throws: RegistryError.self) {
            try await stage.desk.plan(Stage.bob, agentsTo: nil, by: Stage.operating)
        }
        let report = try await stage.offboard(agentsTo: Stage.carol)
        #expect(report["agents"]?.arrayValue?.first?["owner"] == "carol")
        #expect(report.lines("remains")["agent_account"] == 1)
        let view = try await stage.administration.agent(AgentID("desk"), in: Stage.acme)
        #expect(view.definition.owner == Stage.carol)
        #expect(view.definition.approvers == [Stage.carol])
    }

    @Test func `whoever gets an agent is told which of its schedules rest, and nobody else is`() async throws {
        let stage = try await Stage()
        func schedule(_ agent: String, _ author: PersonID, _ state: ScheduleState = .active) async throws
            -> ScheduleRecord
        {
            let record = ScheduleRecord(
                organization: Stage.acme, agent: AgentID(agent), name: "morning", definition: ["name": "morning"],
                author: author, state: state, set: stage.clock.world.now(), next: stage.clock.world.now())
            try await stage.store.commit(Transaction(changes: [ScheduleChange.set(Stage.acme, record.agent, [record])]))
            return record
        }
        for (agent, owner) in [("desk", Stage.bob), ("once", Stage.bob), ("other", Stage.carol)] {
            _ = try await stage.administration.addAgent(
                AgentID(agent), owner: owner, definition: ["actsAs": "claw"], by: Stage.operating, in: Stage.acme)
        }
        let resting = try await schedule("desk", Stage.bob)
        _ = try await schedule("once", Stage.bob, .over)
        _ = try await schedule("other", Stage.carol)
        let report = try await stage.offboard(agentsTo: Stage.carol)
        #expect(report.lines("remains")["schedule"] == 1)
        #expect(try await stage.store.schedule(resting.id)?.state == .paused)
        let told = try await stage.store.openNotices()
        #expect(told.map(\.person) == [Stage.carol] && told.map(\.subject) == [.schedule(resting.id)])
    }

    @Test func `somebody who came back keeps what they connected since`() async throws {
        let stage = try await Stage()
        try await stage.connect(3, own)
        _ = try await stage.offboard()
        try await stage.add(Stage.bob)
        try await stage.connect(2, own, from: 3)
        #expect(try await stage.desk.finish(Stage.bob) == nil)
        #expect(try await stage.left(of: own) == (2, 0))
        let report = try await stage.offboard()
        #expect(report.lines("ended") == ["connections": 2])
    }
}
