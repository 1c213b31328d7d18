import Authority
import Gate
import OAuth
import Testing
import Twins
import Wire

@testable import Broker

/// Carol connects again. Connections of before know her account by its address alone.
struct SameAccountTests {
    private let stage: ConnectStageSet

    init() async throws { stage = try await ConnectStageSet() }

    /// A connection as it was made before accounts had subjects.
    private func connectedByAddress() async throws -> ConnectionRecord {
        stage.errands.sign(in: nil)
        let new = stage.party.connection(of: stage.aim(), sharing: false)
        let answer = try await stage.errands.ask(
            .refresh(.sample("r0"), for: nil), at: .sample, as: try await stage.app, in: TokenDialect())
        let record = try await stage.desk.connections.keep(
            Granted(
                provider: ProviderID("gmail"), clientID: "deputy", answer: answer, asked: stage.clock.world.now(),
                requested: ["read"],
                account: UpstreamAccount(
                    id: "carol@acme.test", email: "carol@acme.test", name: nil, scopes: nil, isByAddress: true)),
            for: new)
        stage.errands.sign(in: "117")
        return record
    }

    private func before(_ flow: ConnectFlow) throws -> OfferedAccount? {
        guard case .offered(let offer) = flow.stage else { throw ConnectError.refused(.over) }
        return offer.before
    }

    @Test func `a token that names nobody but an address isn't kept`() async throws {
        stage.errands.sign(in: nil)
        guard case .ended(let problem) = try await stage.offered().stage else { throw ConnectError.refused(.over) }
        #expect(problem.end == .refused && stage.errands.revoked == ["refresh-1", "access-1"])
    }

    @Test func `the same person at the same account isn't asked, and it has its whole name from then on`() async throws
    {
        let earlier = try await connectedByAddress()
        let flow = try await stage.offered()
        #expect(try before(flow) == nil)
        let record = try await stage.keep(flow)
        #expect(record.id == earlier.id && record.account == "117" && record.email == "carol@acme.test")
        #expect(stage.errands.revoked.isEmpty, "with either token the provider would end both grants")
        #expect(try before(try await stage.offered()) == nil)
    }

    @Test func `another account at the same address is another account`() async throws {
        _ = try await stage.keep(try await stage.offered())
        stage.errands.sign(in: "118")
        let flow = try await stage.offered()
        #expect(try before(flow) == OfferedAccount(id: "117", name: "carol@acme.test", email: "carol@acme.test"))
        await #expect(throws: ConnectError.self) { try await stage.keep(flow) }
        #expect(try await stage.keep(flow, another: true).account == "118")
    }

    @Test func `a connection of before that can't say whose it is now may be another's`() async throws {
        let earlier = try await connectedByAddress()
        try await stage.store.commit(Transaction(changes: [BrokerChange.setHealth(earlier.id, .broken)]))
        let flow = try await stage.offered()
        #expect(try before(flow)?.id == "carol@acme.test")
        await #expect(throws: ConnectError.self) { try await stage.keep(flow) }
        #expect(try await stage.keep(flow, another: true).account == "117")
        #expect(stage.errands.revoked.isEmpty, "it may be the same after all, and its provider ends all or nothing")
    }

    @Test func `a renewal writes the whole name down where the provider says it, and its ledger says so`() async throws
    {
        let earlier = try await connectedByAddress()
        stage.errands.sign(in: nil)
        stage.clock.advance(seconds: 3_500)
        _ = try await stage.keeper.renewDue()
        #expect(try await stage.store.connection(earlier.id)?.account == "carol@acme.test")
        stage.errands.sign(in: "117")
        stage.clock.advance(seconds: 3_500)
        _ = try await stage.keeper.renewDue()
        let named = try #require(try await stage.store.connection(earlier.id))
        #expect(named.account == "117" && named.generation == 2 && named.fingerprint == earlier.fingerprint)
        #expect(try await stage.changes().last == "connection.named")
        #expect(try await stage.keeper.token(for: named.use, rejecting: nil).generation == 4)
        let audit = VaultAudit(
            connections: stage.store, ledger: stage.store, commits: stage.store, keys: stage.keeper.sealing.keys,
            signing: VaultStage.signing, world: stage.clock.world)
        #expect(try await audit.findings(in: ConnectStageSet.acme).isEmpty)
        #expect(try await stage.keeper.renewDue() == 0)
        #expect(try await stage.store.connection(earlier.id) == named)
    }
}

extension Endpoint {
    fileprivate static var sample: Endpoint {
        guard let endpoint = Endpoint("https://oauth2.test/token", secure: true) else { preconditionFailure() }
        return endpoint
    }
}

extension ConnectStageSet {
    fileprivate var app: ProviderApp {
        get async throws { try await apps.app(at: ProviderID("gmail"), in: ConnectStageSet.acme) }
    }
}
