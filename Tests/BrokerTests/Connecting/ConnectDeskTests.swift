import Authority
import Gate
import OAuth
import Testing
import Twins
import Wire

@testable import Broker

@Suite struct ConnectDeskTests {
    private let stage: ConnectStageSet

    init() async throws {
        stage = try await ConnectStageSet()
    }

    @Test func `an account is kept by a yes, and its tokens leave the flow in the same commit`() async throws {
        let offered = try await stage.offered()
        guard case .offered(let offer) = offered.stage else { throw Unexpected(offered.stage) }
        #expect(offer.account.email == "carol@acme.test")
        #expect(try await stage.store.connections(in: ConnectStageSet.acme, of: nil).isEmpty)
        let row = try await stage.keep(offered)
        #expect(row.owner == .person(PersonID("carol")) && row.account == "117")
        let kept = try #require(try await stage.store.connectFlow(offered.id))
        #expect(kept.stage == .kept(offer.account) && kept.stage.sealed.isEmpty)
        #expect(
            try await stage.changes().suffix(4) == [
                "connect.returned", "connection.probed", "connect.offered", "connection.added",
            ])
    }

    @Test func `of two answers at once one is exchanged`() async throws {
        let (flow, state) = try await stage.departed()
        let taken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { (try? await stage.arrive(flow, state)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1 && stage.errands.asked == 1)
    }

    @Test func `what a provider wants of the first sign-in is asked for in the next, and no longer after it`()
        async throws
    {
        let claims = #"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#
        stage.errands.fail(
            with: .answered(TokenFailure(.needsUser(claims: claims), code: "interaction_required", status: 400)))
        let (flow, state) = try await stage.departed()
        let ended = try await stage.arrive(flow, state)
        guard case .ended(let problem) = ended.stage else { throw Unexpected(ended.stage) }
        #expect(problem.end == .code && problem.reason == "interaction_required" && problem.hint != nil)
        stage.errands.fail(with: nil)
        let kept = try #require(try await stage.store.connectFlow(ended.id))
        let service = try #require(try await stage.desk.service(for: kept.aim))
        func departing(_ flow: ConnectFlow) async throws -> String {
            try await stage.desk.depart(
                flow, to: service, by: ConnectStageSet.carol, needing: [], replacing: nil,
                redirectURI: ConnectStageSet.redirectURI)
        }
        let url = try await departing(kept)
        #expect(url.contains("&claims=\(PercentEncoding.encode(claims))&"))
        let away = try #require(try await stage.store.connectFlow(ended.id))
        #expect(try await departing(away).contains("claims=") == false)
    }

    @Test func `of two yes at once one is taken, and the other is told that it is over`() async throws {
        let offered = try await stage.offered()
        _ = try await stage.keep(offered)
        await #expect(throws: ConnectError.self) { try await stage.keep(offered) }
        #expect(try await stage.store.connections(in: ConnectStageSet.acme, of: nil).count == 1)
    }

    @Test func `a yes crossed by a change of its person keeps nothing, and the offer stays`() async throws {
        let offered = try await stage.offered()
        let party = stage.party
        try await stage.store.commit(
            Transaction(bumps: [.person(ConnectStageSet.acme, PersonID("carol"))]))
        await #expect(throws: ConnectError.self) { try await stage.keep(offered, party: party) }
        #expect(try await stage.store.connections(in: ConnectStageSet.acme, of: nil).isEmpty)
        #expect(try await stage.store.connectFlow(offered.id) == offered)
        _ = try await stage.keep(offered)
    }

    @Test func `a code that the provider doesn't take ends the way, and leads back to its beginning`() async throws {
        stage.errands.fail(with: .answered(TokenFailure(.dead, code: "invalid_grant", status: 400)))
        let (flow, state) = try await stage.departed()
        let ended = try await stage.arrive(flow, state)
        #expect(ended.stage == .ended(ConnectProblem(.code, "invalid_grant")))
        stage.errands.fail(with: nil)
        _ = try await stage.keep(try await stage.offered())
    }

    @Test func `what nobody answers in time is given back`() async throws {
        let offered = try await stage.offered()
        await stage.desk.sweep()
        #expect(try await stage.store.connectFlow(offered.id) == offered && stage.errands.revoked.isEmpty)
        stage.clock.advance(seconds: ConnectFlow.offeredSeconds)
        await stage.desk.sweep()
        #expect(try await stage.store.connectFlow(offered.id)?.stage == .waiting)
        #expect(stage.errands.revoked == ["refresh-1", "access-1"])
        await #expect(throws: ConnectError.self) { try await stage.keep(offered) }
    }

    @Test func `what isn't wanted is given back, unless the same account is connected`() async throws {
        let first = try await stage.offered()
        try await stage.desk.drop(first, by: ConnectStageSet.carol)
        #expect(stage.errands.revoked == ["refresh-1", "access-1"])
        _ = try await stage.keep(try await stage.offered())
        try await stage.desk.drop(try await stage.offered(), by: ConnectStageSet.carol)
        #expect(stage.errands.revoked == ["refresh-1", "access-1"])
    }

    @Test func `tokens that were put into another flow don't open`() async throws {
        let offered = try await stage.offered()
        let other = try await stage.desk.open(stage.aim(agent: "helper"))
        let moved = other.step(to: offered.stage)
        try await stage.store.commit(Transaction(changes: [ConnectChange.step(moved)]))
        guard case .offered(let offer) = moved.stage else { throw Unexpected(moved.stage) }
        await #expect(throws: ConnectError.self) {
            try await stage.desk.keep(
                moved, by: ConnectStageSet.carol, shown: offer.shown(of: moved.id), another: true, sharing: true,
                party: stage.party)
        }
        #expect(try await stage.store.connections(in: ConnectStageSet.acme, of: nil).isEmpty)
    }

    @Test func `a stranger's answer ends the way and is told`() async throws {
        let (flow, state) = try await stage.departed()
        let mallory = ConnectVisitor(
            organization: ConnectStageSet.acme, person: PersonID("mallory"), session: "web_9")
        await #expect(throws: ConnectError.self) { try await stage.arrive(flow, state, by: mallory) }
        try await stage.desk.record(.somebodyElses, flow.id, by: mallory, isAnswer: true)
        #expect(stage.errands.asked == 0)
        let ended = try #require(try await stage.store.connectFlow(flow.id))
        #expect(ended.stage == .ended(ConnectProblem(.hijacked)))
        #expect(try await stage.changes().last == "connect.refused")
        await #expect(throws: ConnectError.self) { try await stage.arrive(ended, state) }
    }

    @Test func `an aim has one flow however often it is opened`() async throws {
        let ids = try await withThrowingTaskGroup(of: ConnectFlowID.self) { group in
            for _ in 0..<8 { group.addTask { try await stage.desk.open(stage.aim()).id } }
            return try await group.reduce(into: Set<ConnectFlowID>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
    }
}

private struct Unexpected: Error {
    let stage: ConnectStage

    init(_ stage: ConnectStage) {
        self.stage = stage
    }
}
