import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Vault
import Wire

@testable import Broker

@Suite struct `Apps that agents have of their own` {
    private let drive = ProviderID("drive")

    /// The home's app and those of two agents; Alice's connection was made through one of the latter.
    private func stage() async throws -> (TokenStage, ConnectionRecord) {
        let stage = try await TokenStage()
        try await stage.addApp(client: "product-app", of: "product")
        try await stage.addApp(client: "clerk-app", of: "clerk")
        return (stage, try await stage.desk.keep(stage.granted(client: "product-app"), for: stage.new))
    }

    private func client(_ stage: TokenStage, for agent: String?) async throws -> String {
        try await stage.apps.app(at: drive, in: TokenStage.acme, for: agent.map { AgentID($0) }).clientID
    }

    @Test func `an agent's own comes first, and else there is the home's`() async throws {
        let (stage, _) = try await stage()
        #expect(try await client(stage, for: "product") == "product-app")
        #expect(try await client(stage, for: "clerk") == "clerk-app")
        #expect(try await client(stage, for: "other") == "deputy")
        #expect(try await client(stage, for: nil) == "deputy")
        _ = try await stage.apps.remove(drive, in: TokenStage.acme, by: "test")
        #expect(try await client(stage, for: "product") == "product-app")
        await #expect(throws: BrokerError.self, "never another agent's") { try await client(stage, for: "other") }
    }

    @Test func `a client id is one app's, and so is what the provider calls it`() async throws {
        let (stage, _) = try await stage()
        for client in ["deputy", "clerk-app"] {
            await #expect(throws: BrokerError.self) { try await stage.addApp(client: client, of: "third") }
        }
        for (agent, works) in [("third", true), ("fourth", false)] {
            var secret = Array("s".utf8)
            let added = try? await stage.apps.add(
                drive, in: TokenStage.acme, clientID: agent, authentication: nil, secret: &secret, replaces: false,
                of: AgentID(agent), appID: "A1", by: "test")
            #expect((added != nil) == works)
        }
    }

    @Test func `tokens are renewed by the app that they were given to`() async throws {
        let (stage, record) = try await stage()
        let server = StrictServer()
        stage.clock.advance(seconds: 4_000)
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
        server.state.withLock { #expect($0.clients == ["product-app"]) }
        #expect(try await stage.desk.app(of: record.id, in: TokenStage.acme)?.agent == AgentID("product"))
    }

    @Test func `without it nothing is asked, by none of the others either`() async throws {
        let (stage, record) = try await stage()
        _ = try await stage.apps.remove(drive, in: TokenStage.acme, of: AgentID("product"), by: "test")
        let server = StrictServer()
        stage.clock.advance(seconds: 4_000)
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        server.state.withLock { #expect($0.asked == 0 && $0.clients.isEmpty) }
        #expect(try await stage.desk.standing(of: record.id, in: TokenStage.acme)?.standing.cause == .otherApp)
    }

    @Test func `a row that says another client isn't asked with as that client`() async throws {
        let (stage, record) = try await stage()
        let tokens = try await stage.tokens(record)
        let altered = tokens.of("clerk-app", refresh: tokens.refresh)
        try await stage.store.commit(Transaction(changes: [TokenSetChange.keep(altered)]))
        let server = StrictServer()
        stage.clock.advance(seconds: 4_000)
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        server.state.withLock { #expect($0.clients.isEmpty) }
        #expect(altered.sealFault(stage.keys, for: record.use) != nil, "an audit finds it")
        #expect(tokens.sealFault(stage.keys, for: record.use) == nil)
    }

    /// With the other client's name in the row nothing else stops it: it is the seal that does, in the test above.
    @Test(arguments: ["product-app", "clerk-app"])
    func `what was sealed before clients were bound works, and is bound by the next renewal`(client: String)
        async throws
    {
        let (stage, record) = try await stage()
        let tokens = try await stage.tokens(record)
        var bytes = Array("r1".utf8)
        let unbound = try stage.keys.seal(
            Secret(consuming: &bytes), record.use.tokenContext(.refresh, generation: tokens.generation)
        ).bytes
        try await stage.store.commit(Transaction(changes: [TokenSetChange.keep(tokens.of(client, refresh: unbound))]))
        stage.clock.advance(seconds: 4_000)
        let server = StrictServer()
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
        server.state.withLock { #expect($0.clients == [client]) }
        let renewed = try await stage.tokens(record)
        let context = record.use.tokenContext(.refresh, generation: renewed.generation)
        #expect(throws: VaultError.self) {
            try stage.keys.open(SealedSecret(bytes: try #require(renewed.refresh)), context).count
        }
    }

    @Test func `each has a secret of its own, which ends and is replaced by itself`() async throws {
        let (stage, _) = try await stage()
        let ends = Timestamp(microseconds: stage.clock.world.now().microseconds + 1)
        var secret = Array("second".utf8)
        let rotated = try await stage.apps.rotate(
            drive, in: TokenStage.acme, of: AgentID("product"), secret: &secret, ends: ends, by: "test")
        #expect(rotated.agent == AgentID("product") && rotated.clientID == "product-app" && rotated.isRotating)
        #expect(try await stage.apps.app(at: drive, in: TokenStage.acme).before.isEmpty)
        #expect(Set(try await stage.apps.ends(in: TokenStage.acme).keys) == [rotated.subject])
        let server = StrictServer()
        stage.clock.advance(seconds: 3_400)
        _ = try await stage.keeper(server).renewDue()
        server.state.withLock { #expect($0.shown == ["second"]) }
        #expect(try await stage.store.app(at: drive, of: AgentID("product"), in: TokenStage.acme)?.isRotating == false)
    }

    @Test func `a provider is told of the end as the app that it gave the tokens to`() async throws {
        let (stage, record) = try await stage()
        let server = StrictServer()
        _ = try await stage.desk.revoke(record.id, in: TokenStage.acme, by: "test")
        let desk = RevocationDesk(
            store: stage.store, commits: stage.store, apps: stage.apps, errands: server, keys: stage.keys,
            providers: stage.providers, world: stage.clock.world)
        #expect(await desk.tell(record.id) == .revoked)
        server.state.withLock { #expect(Set($0.clients) == ["product-app"]) }
    }

    @Test func `connected again through another app, the grant of the one before ends`() async throws {
        let (stage, record) = try await stage()
        let next = try await stage.desk.keep(
            stage.granted(access: "a9", refresh: "r9", client: "deputy"), for: stage.new, over: record)
        let pending = try await stage.store.revocations(of: record.id)
        #expect(pending.map(\.clientID) == ["product-app"])
        _ = try await stage.desk.keep(
            stage.granted(access: "a10", refresh: "r10", client: "deputy"), for: stage.new, over: next)
        #expect(try await stage.store.revocations(of: record.id).count == 1, "the same app's may be the same grant")
    }
}

extension TokenSet {
    fileprivate func of(_ client: String, refresh: [UInt8]?) -> TokenSet {
        TokenSet(
            connection: connection, grant: grant, generation: generation, clientID: client, fingerprint: fingerprint,
            access: access, refresh: refresh, expires: expires, obtained: obtained, due: due)
    }
}
