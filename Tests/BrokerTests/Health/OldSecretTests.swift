import Authority
import Gate
import Logging
import OAuth
import Synchronization
import Testing
import Twins
import Vault
import Wire

@testable import Broker

/// A new secret was given here before the provider has it: everything that is asked as our app goes on by the one before.
@Suite struct `While a secret of our app rotates` {
    private static let answer = #"{"access_token": "access-1", "token_type": "Bearer", "expires_in": 3600}"#
    private static let twice = ["second", "app-secret"]

    private func rotate(_ apps: AppDesk, _ provider: String) async throws {
        var bytes = Array("second".utf8)
        _ = try await apps.rotate(
            ProviderID(provider), in: GrantStage.acme, secret: &bytes, ends: nil, by: "test")
    }

    private func isRotating(_ apps: AppDesk, _ provider: String) async throws -> Bool {
        try await !apps.app(at: ProviderID(provider), in: GrantStage.acme).before.isEmpty
    }

    private func granting() async throws -> (GrantStage, PickyServer, GrantDesk) {
        let stage = try GrantStage()
        try await stage.register()
        try await rotate(stage.apps, "depot")
        let server = PickyServer(stage.server, taking: ["app-secret"])
        return (
            stage, server,
            stage.grants(asking: server)
        )
    }

    @Test func `an agent is connected as our app`() async throws {
        let (stage, server, desk) = try await granting()
        stage.server.answer(200, Self.answer)
        _ = try await desk.addOurselves(GrantStage.new(), scopes: [])
        #expect(server.shown == Self.twice)
        #expect(try await isRotating(stage.apps, "depot"), "the old secret proves nothing of the new one")
    }

    @Test func `a device is allowed, and asked for`() async throws {
        let (stage, server, desk) = try await granting()
        stage.server.answer(
            200,
            """
            {"device_code": "d", "user_code": "u", "verification_uri": "https://id.depot.test/d", "expires_in": 600}
            """)
        let wait = try await desk.beginDevice(GrantStage.new(), scopes: [])
        stage.clock.advance(seconds: wait.wait)
        stage.server.answer(200, Self.answer)
        guard case .offered = try await desk.askDevice(wait.handle, for: GrantStage.new()) else {
            Issue.record("nothing is offered")
            return
        }
        #expect(server.shown == Self.twice + Self.twice)
    }

    @Test func `a provider is told of an ended connection, and hears it`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, Self.answer)
        let row = try await stage.desk.addOurselves(GrantStage.new(), scopes: [])
        try await rotate(stage.apps, "depot")
        let server = PickyServer(stage.server, taking: ["app-secret"])
        _ = try await stage.connections.revoke(row.id, in: GrantStage.acme, by: "test")
        stage.server.state.withLock { $0.outcomes = [.revoked] }
        let desk = RevocationDesk(
            store: stage.store, commits: stage.store, apps: stage.apps, errands: server, keys: stage.keys,
            providers: stage.providers, world: stage.clock.world)
        #expect(await desk.tell(row.id) == .revoked)
        #expect(server.shown == Self.twice)
        #expect(try await isRotating(stage.apps, "depot"))
    }

    @Test func `a person's code is exchanged`() async throws {
        let inner = GrantingErrands()
        let server = PickyServer(inner, taking: ["s3cret"])
        let stage = try await ConnectStageSet(errands: inner, asking: server)
        try await rotate(stage.apps, "gmail")
        _ = try await stage.keep(try await stage.offered())
        #expect(server.shown == ["second", "s3cret"])
        #expect(inner.asked == 1, "the code is spent once")
    }

    @Test func `a grant whose end nobody knows is asked about, and renewed`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        let strict = StrictServer()
        strict.fail(.losesRequest)
        stage.clock.advance(seconds: 3_400)
        _ = try await stage.keeper(strict).renewDue()
        #expect(try await stage.tokens(record).attempted != nil)
        try await rotate(stage.apps, "drive")
        stage.clock.advance(seconds: 60)
        let server = PickyServer(strict, taking: ["app-secret"])
        _ = try await stage.keeper(server).renewDue()
        #expect(server.shown == Self.twice + Self.twice)
        #expect(try await stage.tokens(record).generation == 2)
    }

    @Test func `an assertion is signed by the key that is taken, and the grant lives`() async throws {
        let stage = try GrantStage()
        _ = try await stage.apps.add(
            GrantStage.depot, in: GrantStage.acme, clientID: "client-1",
            key: try ClientKey(pem: GrantStage.key, id: "k1", place: "k.pem"), replaces: false, by: "test")
        stage.server.state.withLock { $0.account = #"{"id": "u-7", "email": "alice@acme.test"}"# }
        let server = PickyServer(stage.server, taking: ["k1"])
        let desk = stage.grants(asking: server)
        stage.server.answer(200, Self.answer)
        let row = try await desk.addAsserted(
            GrantStage.new(.person(PersonID("alice"))), as: nil, scopes: [])
        _ = try await stage.apps.rotate(
            GrantStage.depot, in: GrantStage.acme,
            key: try ClientKey(pem: GrantStage.anotherKey, id: "k2", place: "k.pem"), ends: nil, by: "test")
        stage.clock.advance(seconds: 3_400)
        stage.server.answer(200, Self.answer)
        let keeper = TokenKeeper(
            store: stage.store, commits: stage.store, errands: server, accounts: stage.server, keys: stage.keys,
            fingerprints: stage.fingerprints, apps: stage.apps, providers: stage.providers, world: stage.clock.world,
            people: { _ in [PersonClaim(person: PersonID("alice"), email: "alice@acme.test", subjects: [:])] },
            pause: { _ in await Task.yield() }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        _ = try await keeper.renewDue()
        #expect(server.shown == ["k1", "k2", "k1"])
        #expect(try await stage.store.connection(row.id)?.health == .healthy)
        #expect(try await stage.store.tokens(of: row.id)?.generation == 2)
    }

    @Test func `a token is exchanged for an agent`() async throws {
        let stage = try await ExchangeStage()
        let server = PickyServer(stage.server, taking: ["k"])
        let alice = try await stage.connect("alice")
        _ = try await stage.apps.rotate(
            ExchangeStage.notes, in: ExchangeStage.acme,
            key: try ClientKey(pem: GrantStage.key, id: "k2", place: "k.pem"), ends: nil, by: "test")
        let exchanger = TokenExchanger(keeper: stage.keeper(asking: server), exchanges: HeldExchanges())
        #expect(try await stage.token(alice.use, "reader", by: exchanger).text == "api-alice-1")
        #expect(server.shown == ["k2", "k"])
    }
}
