import Authority
import Gate
import OAuth
import Testing
import Twins

@testable import Broker

@Suite struct `Renewals and how connections stand` {
    private func standing(_ stage: TokenStage, _ record: ConnectionRecord) async throws -> ConnectionStanding {
        try #require(try await stage.desk.standing(of: record.id, in: TokenStage.acme)).standing
    }

    /// A failure while the token lives.
    @Test(arguments: [
        StrictServer.Fault.losesRequest, .losesAnswer, .answers(TokenFailure(.transient(nil), code: nil, status: 503)),
        .answers(TokenFailure(.registration, code: "invalid_client", status: 401)),
        .answers(TokenFailure(.policy, code: "access_denied", status: 400)),
    ])
    func `a failed renewal leaves a working connection working`(_ fault: StrictServer.Fault) async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        stage.clock.advance(seconds: 3_400)
        let server = StrictServer()
        server.fail(fault)
        let keeper = stage.keeper(server)
        #expect(try await keeper.renewDue() == 1)
        #expect(try await stage.token(record.use, by: keeper) == "a1", "it is used as before")
        #expect([.active, .expiring].contains(try await standing(stage, record).state))
        #expect(try await stage.store.connection(record.id)?.health == .healthy)
    }

    @Test func `what ended says why, and a new grant makes it active`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        stage.clock.advance(seconds: 4_000)
        let server = StrictServer()
        server.fail(.answers(TokenFailure(.dead, code: "invalid_grant", status: 400)))
        _ = try await stage.keeper(server).renewDue()
        let ended = try await standing(stage, record)
        #expect(ended.state == .needsReconnect && ended.cause == .grantOver && ended.code == "invalid_grant")
        let trouble = try await stage.desk.trouble(of: record.owner, at: record.provider, in: TokenStage.acme)
        #expect(trouble?.record.id == record.id)
        let broken = try #require(try await stage.store.connection(record.id))
        _ = try await stage.desk.keep(stage.granted(), for: stage.new, over: broken)
        #expect(try await standing(stage, record).state == .active)
        #expect(try await stage.desk.trouble(of: record.owner, at: record.provider, in: TokenStage.acme) == nil)
    }

    @Test func `a list reads as each one does`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        let one = try await standing(stage, record)
        let listed = try await stage.desk.standings(in: TokenStage.acme, of: nil)
        #expect(listed.map(\.standing) == [one])
    }
}
