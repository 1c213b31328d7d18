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

        func say(_ tools: Int, moved: Bool = false, new: Set<String> = [], isUsed: Bool = true) {
            let keepers: [PersonID: Set<AgentID>] = [
                PersonID("dana"): [AgentID("clerk"), AgentID("desk")], PersonID("bob"): [AgentID("own")],
            ]
            changed.withLock {
                $0 = [
                    ChangedServer(
                        server: ProviderID("tickets"), tools: tools, isAuthorizationChanged: moved, new: new,
                        keepers: isUsed ? keepers : [:])
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

    @Test func `new tools are told once, again when more come, and not when some are released`() async throws {
        let stage = try await TokenStage()
        let desk = desk(stage)
        said.say(0, new: ["a", "b"])
        try await sweeps(stage, desk)
        #expect(hook.types == ["server.operator_action"])
        #expect(hook.taken[0].data["cause"] == "tools_new" && hook.taken[0].data["count"] == 2)
        let notices = try await stage.store.openNotices()
        #expect(Set(notices.map(\.subject)) == [.tools(ProviderID("tickets"))])
        #expect(Set(notices.map { "\($0.person) \($0.agent)" }) == ["dana clerk", "dana desk", "bob own"])
        #expect(try await desk.attention().map(\.subject.text) == ["new-tools/tickets"])
        said.say(0, new: ["b"])
        try await sweeps(stage, desk)
        #expect(hook.types.count == 1, "one was released")
        said.say(0, new: ["b", "c"])
        try await sweeps(stage, desk)
        #expect(hook.types.count == 2, "as many as before, and yet another")
        said.say(0)
        try await sweeps(stage, desk)
        #expect(hook.types.last == "server.active" && hook.types.count == 3)
        #expect(try await desk.attention().isEmpty)
        #expect(try await stage.store.openNotices().count == 6, "that it is over is told to nobody")
        #expect(hook.taken.allSatisfy { $0.data["seen"] == nil })
    }

    @Test func `new tools of a server that no agent has a slot for tell nobody`() async throws {
        let stage = try await TokenStage()
        let desk = desk(stage)
        said.say(0, new: ["a"], isUsed: false)
        try await sweeps(stage, desk)
        #expect(hook.types.isEmpty)
        #expect(try await stage.store.openNotices().isEmpty)
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
