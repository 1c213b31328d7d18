import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

@Suite struct `What is told of remote servers that change` {
    private final class Said: Sendable {
        let changed = Mutex<[ChangedServer]>([])

        func say(_ tools: Int, moved: Bool = false) {
            let keepers: [PersonID: Set<AgentID>] = [
                PersonID("dana"): [AgentID("clerk"), AgentID("desk")], PersonID("bob"): [AgentID("own")],
            ]
            changed.withLock {
                $0 = [
                    ChangedServer(
                        server: ProviderID("tickets"), tools: tools, isAuthorizationChanged: moved, keepers: keepers)
                ]
            }
        }
    }

    private let hook = Hook()
    private let said = Said()

    private func desk(_ stage: TokenStage) -> HealthDesk {
        HealthDesk(
            store: stage.store, commits: stage.store, connections: stage.desk,
            keeper: stage.keeper(StrictServer()), organization: TokenStage.acme,
            settings: HealthSettings(
                person: { _ in nil }, webhook: { [hook] in hook }, link: { "https://d.test/connections" }, told: {},
                changed: { [said] in said.changed.withLock(\.self) }), world: stage.clock.world)
    }

    private func sweeps(_ stage: TokenStage, _ desk: HealthDesk) async throws {
        for _ in 0..<3 {
            try await desk.sweep()
            stage.clock.advance(seconds: 10)
        }
    }

    @Test func `tools that changed are told once, to the webhook and to whoever's agents have a slot`() async throws {
        let stage = try await TokenStage()
        let desk = desk(stage)
        said.say(2)
        try await sweeps(stage, desk)
        #expect(hook.types == ["server.operator_action"])
        #expect(hook.taken[0].data["cause"] == "tools_changed" && hook.taken[0].data["provider"] == "tickets")
        #expect(hook.taken[0].data["count"] == 2)
        let notices = try await stage.store.openNotices()
        #expect(Set(notices.map(\.subject)) == [.tools(ProviderID("tickets"))])
        #expect(
            Set(notices.map { "\($0.person) \($0.agent)" }) == ["dana clerk", "dana desk", "bob own"])
        #expect(try await desk.attention().map(\.subject.text) == ["server/tickets"])
        for notice in notices { #expect(QueuedNotice(json: notice.json) == notice) }
    }

    @Test func `more that changed is told again, and what somebody has looked at is over`() async throws {
        let stage = try await TokenStage()
        let desk = desk(stage)
        said.say(1)
        try await sweeps(stage, desk)
        said.say(3)
        try await sweeps(stage, desk)
        said.changed.withLock { $0 = [] }
        try await sweeps(stage, desk)
        #expect(hook.types == ["server.operator_action", "server.operator_action", "server.active"])
        #expect(try await desk.attention().isEmpty)
        #expect(try await stage.store.openNotices().count == 6, "that it is over is told to nobody")
    }

    @Test func `another place where tokens come from is told too`() async throws {
        let stage = try await TokenStage()
        let desk = desk(stage)
        said.say(0, moved: true)
        try await sweeps(stage, desk)
        #expect(hook.taken.map { $0.data["cause"] } == ["authorization_changed"])
        said.say(0)
        try await sweeps(stage, desk)
        #expect(hook.types.last == "server.active")
    }
}
