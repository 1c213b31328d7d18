import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

/// Takes events as a webhook does.
final class Hook: EventPoster {
    struct State {
        var taken: [EventMessage] = []
        var tried: [String] = []
        var failures: [NoticeFailure] = []
    }

    let state = Mutex(State())

    func post(_ message: EventMessage) async throws(NoticeFailure) {
        let failure = state.withLock { state -> NoticeFailure? in
            state.tried.append(message.id)
            if !state.failures.isEmpty { return state.failures.removeFirst() }
            state.taken.append(message)
            return nil
        }
        if let failure { throw failure }
    }

    func fail(_ failures: NoticeFailure...) { state.withLock { $0.failures += failures } }

    var taken: [EventMessage] { state.withLock(\.taken) }
    var types: [String] { taken.map(\.type) }
}

@Suite struct `What is told of connections` {
    private let hook = Hook()

    private func desk(
        _ stage: TokenStage, _ server: StrictServer, hook: Hook?,
        changed: @escaping @Sendable () async throws -> [ChangedServer] = { [] }
    ) -> HealthDesk {
        HealthDesk(
            store: stage.store, commits: stage.store, connections: stage.desk, keeper: stage.keeper(server),
            organization: TokenStage.acme,
            settings: HealthSettings(
                person: { owner in
                    switch owner {
                    case .person(let person): person
                    case .agent: PersonID("owner")
                    case .organization: nil
                    }
                }, webhook: { hook }, link: { "https://d.test/connections" }, told: {}, changed: changed),
            world: stage.clock.world)
    }

    private func sweeps(_ stage: TokenStage, _ desk: HealthDesk, seconds: Int64 = 10) async throws {
        try await desk.sweep()
        stage.clock.advance(seconds: seconds)
        try await desk.sweep()
    }

    private func notices(_ stage: TokenStage) async throws -> [QueuedNotice] { try await stage.store.openNotices() }

    private func dead(_ stage: TokenStage, _ server: StrictServer) async throws {
        stage.clock.advance(seconds: 4_000)
        server.fail(.answers(TokenFailure(.dead, code: "invalid_grant", status: 400)))
        _ = try await stage.keeper(server).renewDue()
    }

    @Test func `one that ended is told once, to its owner and the webhook, in the commit that ended it`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let record = try await stage.connect()
        try await dead(stage, server)
        let queued = try await stage.store.healthEventsUntold(limit: 9)
        #expect(queued.map(\.subject) == [.connection(record.id)], "it waits before anybody looks")
        let desk = desk(stage, server, hook: hook)
        for _ in 0..<3 { try await sweeps(stage, desk) }
        #expect(hook.types == ["connection.needs_reconnect"])
        let data = try #require(hook.taken.first).data
        #expect(data["cause"] == "grant_over" && data["count"]?.integerValue == 1)
        #expect(data["connections"]?.arrayValue?.first?["owner"] == "person:alice")
        #expect(data["link"] == "https://d.test/connections" && data["code"] == "invalid_grant")
        #expect(!JSON.object(data).text.contains("alice@acme.test"), "no address leaves")
        let told = try await notices(stage)
        #expect(told.map(\.subject) == [.trouble(record.id)] && told.map(\.person) == [PersonID("alice")])
        #expect(try await desk.attention().map(\.subject) == [.connection(record.id)])
    }

    @Test func `connected again it is well, and that is told too`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let record = try await stage.connect()
        try await dead(stage, server)
        let broken = try #require(try await stage.store.connection(record.id))
        _ = try await stage.desk.keep(stage.granted(), for: stage.new, over: broken)
        let desk = desk(stage, server, hook: hook)
        try await sweeps(stage, desk)
        #expect(hook.types.sorted() == ["connection.active", "connection.needs_reconnect"])
        #expect(try await desk.attention() == [])
        _ = try await stage.desk.revoke(record.id, in: TokenStage.acme, by: "test")
        try await sweeps(stage, desk)
        #expect(hook.types.last == "connection.revoked")
    }

    @Test func `what the webhook doesn't take is tried as the same message, with those of after it apart`() async throws
    {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let record = try await stage.connect()
        try await dead(stage, server)
        let desk = desk(stage, server, hook: hook)
        hook.fail(.notSent("the webhook answered 503"), .unknown("it hung up"))
        for _ in 0..<8 { try await sweeps(stage, desk, seconds: 60) }
        hook.state.withLock { #expect(Set($0.tried).count == 1 && $0.tried.count == 3 && $0.taken.count == 1) }
        _ = try await stage.desk.revoke(record.id, in: TokenStage.acme, by: "test")
        hook.fail(.refused("the webhook answered 400"))
        for _ in 0..<3 { try await sweeps(stage, desk, seconds: 60) }
        hook.state.withLock { #expect($0.tried.count == 4, "what it doesn't want isn't sent again") }
    }

    @Test func `what can't be looked at keeps nobody from being told of the rest`() async throws {
        struct Unreadable: Error {}
        let (stage, server) = (try await TokenStage(), StrictServer())
        _ = try await stage.connect()
        try await dead(stage, server)
        let desk = desk(stage, server, hook: hook, changed: { throw Unreadable() })
        for _ in 1...2 {
            await #expect(throws: Unreadable.self) { try await desk.sweep() }
            stage.clock.advance(seconds: 10)
        }
        #expect(hook.types == ["connection.needs_reconnect"])
        #expect(try await notices(stage).count == 1)
    }

    @Test func `without a webhook nothing piles up`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        _ = try await stage.connect()
        try await dead(stage, server)
        try await sweeps(stage, desk(stage, server, hook: nil))
        #expect(try await stage.store.healthEventsUnsent(by: stage.clock.world.now(), limit: 9) == [])
        #expect(try await notices(stage).count == 1)
    }

    @Test func `a provider that refuses our app is one matter of whoever runs this home`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        _ = try await stage.connect()
        stage.clock.advance(seconds: 3_400)
        server.fail(.answers(TokenFailure(.registration, code: "invalid_client", status: 401)))
        _ = try await stage.keeper(server).renewDue()
        let desk = desk(stage, server, hook: hook)
        for _ in 0..<3 { try await sweeps(stage, desk) }
        #expect(hook.types == ["provider.operator_action"])
        #expect(try await notices(stage) == [], "no owner can do anything")
        let event = try #require(try await desk.attention().first)
        let step = try await desk.nextStep(of: event)
        #expect(
            step?.contains("`deputy apps rotate drive`") == true && hook.taken[0].data["next_step"]?.stringValue == step
        )
        stage.clock.advance(seconds: 400)
        _ = try await stage.keeper(server).renewDue()
        for _ in 0..<2 { try await sweeps(stage, desk) }
        #expect(hook.types == ["provider.operator_action", "provider.active"])
        #expect(try await stage.changes().filter { $0 == "health.changed" }.count == 2)
    }

    @Test func `hundreds that break at once are one message, with their number, and one matter`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let first = try await stage.connect()
        for number in 0..<300 {
            let id = ConnectionID("many_\(number)")
            let row = ConnectionRecord(
                id: id, organization: first.organization, owner: .person(PersonID("p\(number)")),
                provider: first.provider, origin: first.origin, kind: "bearer", account: "a", accountName: "a",
                email: nil, scopes: [], generation: 1, fingerprint: "f", sealed: [1], health: .healthy,
                created: first.created)
            try await stage.store.commit(Transaction(changes: [BrokerChange.add(row)]))
            await StoredConnections(store: stage.store, commits: stage.store, world: stage.clock.world)
                .wasRefused(row.use)
        }
        let desk = desk(stage, server, hook: hook)
        for _ in 0..<3 { try await sweeps(stage, desk) }
        #expect(hook.types.sorted() == ["connection.needs_reconnect", "provider.operator_action"])
        for message in hook.taken { #expect(message.data["count"]?.integerValue == 300) }
        #expect(hook.taken.allSatisfy { ($0.data["connections"]?.arrayValue?.count ?? 0) <= 50 })
        #expect(try await notices(stage).count == 300, "each owner is told of their own, once")
    }

    @Test func `what nothing renews is told of a week before its end, and is out of use at its end`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let record = try await stage.connect(lifetime: 90 * 86_400, refresh: nil)
        let desk = desk(stage, server, hook: hook)
        try await sweeps(stage, desk)
        #expect(hook.types == [])
        #expect(try await notices(stage) == [])
        stage.clock.advance(seconds: 84 * 86_400)
        for _ in 0..<3 { try await sweeps(stage, desk) }
        #expect(hook.types == ["connection.expiring"])
        #expect(try await notices(stage).map(\.subject) == [.trouble(record.id)])
        stage.clock.advance(seconds: 6 * 86_400)
        for _ in 0..<3 { try await sweeps(stage, desk) }
        #expect(hook.types == ["connection.expiring", "connection.needs_reconnect"])
        #expect(hook.taken.last?.data["cause"] == "ended")
        #expect(try await stage.store.connection(record.id)?.health == .broken)
    }

    @Test func `what the audit took out of use says so`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let record = try await stage.connect()
        let mark = record.use.turned(ConnectionStanding(.needsReconnect, .notAsRecorded), by: stage.clock.world)
        try await stage.store.commit(
            Transaction(changes: [BrokerChange.setHealth(record.id, .broken), HealthChange.turn(mark)]))
        let found = try #require(try await stage.desk.standing(of: record.id, in: TokenStage.acme))
        #expect(found.standing.cause == .notAsRecorded)
        #expect(try await stage.desk.standings(in: TokenStage.acme, of: nil).map(\.standing) == [found.standing])
        _ = server
    }

    @Test(arguments: ConnectionCause.allCases, ConnectionState.allCases)
    func `an event is stored as it was`(_ cause: ConnectionCause, _ state: ConnectionState) {
        for subject in [
            HealthSubject.connection(ConnectionID("c")), .provider(ProviderID("p"), .appRefused), .app(ProviderID("p")),
            .app(ProviderID("p"), of: AgentID("b")), .key(ConnectionID("c")), .server(ProviderID("p")),
            .newTools(ProviderID("p")),
        ] {
            for owner in [Owner.person(PersonID("a")), .agent(AgentID("b")), .organization, nil] {
                let event = HealthEvent(
                    id: "e", organization: OrganizationID("o"), subject: subject, provider: ProviderID("p"),
                    owner: owner,
                    standing: ConnectionStanding(state, cause, code: "c", until: Timestamp(microseconds: 5)), count: 7,
                    at: Timestamp(microseconds: 9))
                #expect(HealthEvent(json: event.json) == event)
            }
        }
    }
}
