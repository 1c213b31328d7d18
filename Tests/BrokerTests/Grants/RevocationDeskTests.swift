import Authority
import Broker
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Vault
import Wire

struct RevocationDeskTests {
    /// With a connection by a device's code, which has a refresh token.
    private static func connected() async throws -> (GrantStage, ConnectionRecord) {
        let stage = try GrantStage()
        try await stage.register()
        let granted = Granted(
            provider: GrantStage.depot, clientID: "client-1",
            answer: TokenAnswer(
                access: try #require(TokenText("access-1")), refresh: TokenText("refresh-1"), scopes: nil,
                lifetime: 3600),
            asked: stage.clock.world.now(), requested: ["base"],
            account: UpstreamAccount(id: "acc-1", email: nil, name: nil, scopes: nil))
        return (stage, try await stage.connections.keep(granted, for: GrantStage.new()))
    }

    private static let both = [
        "/revoke refresh_token refresh-1 as client-1", "/revoke access_token access-1 as client-1",
    ]

    private static func revoke(_ stage: GrantStage, _ row: ConnectionRecord) async throws {
        _ = try await stage.connections.revoke(row.id, in: GrantStage.acme, by: "test")
    }

    @Test func `a provider is told of an ended connection, by its refresh token and then by its access token`()
        async throws
    {
        let (stage, row) = try await RevocationDeskTests.connected()
        try await RevocationDeskTests.revoke(stage, row)
        #expect(try await stage.store.tokens(of: row.id) == nil)
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        #expect(await stage.revocations.tell(row.id) == .revoked)
        #expect(stage.server.asked == RevocationDeskTests.both)
        #expect(try await stage.store.revocations(of: row.id).isEmpty)
        let leaf = try #require(try await stage.leaves().last)
        #expect(leaf["change"] == "connection.revoked-upstream")
        #expect(leaf["result"] == "revoked")
        #expect(leaf["attempt"] == 1)
        #expect(await stage.revocations.tell(row.id) == nil)
    }

    /// Whoever may write to the database, without the key.
    private static func change(
        _ stage: GrantStage, _ row: ConnectionRecord, provider: ProviderID = GrantStage.depot,
        client: String = "client-1"
    ) async throws {
        let pending = try #require(try await stage.store.revocations(of: row.id).first)
        let changed = PendingRevocation(
            id: pending.id, organization: pending.organization, provider: provider, connection: pending.connection,
            clientID: client, hint: pending.hint, sealed: pending.sealed, attempts: 0, due: pending.due)
        try await stage.store.commit(Transaction(changes: [RevocationChange.drop(pending.id)]))
        try await stage.store.commit(Transaction(changes: [RevocationChange.add(changed)]))
    }

    @Test(arguments: ["client-2", ""])
    func `a row that names another client shows nobody the tokens`(client: String) async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        try await RevocationDeskTests.revoke(stage, row)
        // Another app of this home's, which the database is made to name.
        var secret = Array("other-secret".utf8)
        _ = try await stage.apps.add(
            GrantStage.depot, in: GrantStage.acme, clientID: "client-2", authentication: .basic, secret: &secret,
            replaces: false, of: AgentID("other"), by: "test")
        try await RevocationDeskTests.change(stage, row, client: client)
        #expect(await stage.revocations.tell(row.id) == .refused("other_client"))
        #expect(stage.server.asked.isEmpty, "nobody is asked")
        let leaf = try #require(try await stage.leaves().last)
        #expect(leaf["change"] == "connection.revoked-upstream" && leaf["code"] == "other_client")
    }

    @Test func `a row that names another provider shows it nothing`() async throws {
        let stage = try GrantStage([
            try GrantStage.manifest(), try GrantStage.manifest("thief", id: "https://id.thief.test"),
        ])
        try await stage.register()
        try await stage.register(ProviderID("thief"))
        let granted = Granted(
            provider: GrantStage.depot, clientID: "client-1",
            answer: TokenAnswer(
                access: try #require(TokenText("access-1")), refresh: TokenText("refresh-1"), scopes: nil,
                lifetime: 3600),
            asked: stage.clock.world.now(), requested: ["base"],
            account: UpstreamAccount(id: "acc-1", email: nil, name: nil, scopes: nil))
        let row = try await stage.connections.keep(granted, for: GrantStage.new())
        try await RevocationDeskTests.revoke(stage, row)
        try await RevocationDeskTests.change(stage, row, provider: ProviderID("thief"))
        #expect(await stage.revocations.tell(row.id) == .refused("other_client"))
        #expect(stage.server.asked.isEmpty)
    }

    @Test func `what was sealed before clients were bound is still told`() async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        let sealed = try stage.keys.sealPayload(Array("refresh-1\naccess-1".utf8), id: "revocation/rev_old")
        try await stage.store.commit(
            Transaction(changes: [
                RevocationChange.add(
                    PendingRevocation(
                        id: "rev_old", organization: GrantStage.acme, provider: GrantStage.depot, connection: row.id,
                        clientID: "client-1", hint: "refresh_token", sealed: sealed, attempts: 0,
                        due: stage.clock.world.now()))
            ]))
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        #expect(await stage.revocations.tell(row.id) == .revoked)
        #expect(stage.server.asked == RevocationDeskTests.both)
    }

    @Test func `an agent that asks anew loses the token that it has`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, #"{"access_token": "access-1", "token_type": "Bearer", "expires_in": 3600}"#)
        let row = try await stage.desk.addOurselves(GrantStage.new(), scopes: [])
        try await RevocationDeskTests.revoke(stage, row)
        stage.server.state.withLock { $0.outcomes = [.unsupported] }
        #expect(await stage.revocations.tell(row.id) == .unsupported)
        #expect(stage.server.asked.last == "/revoke access_token access-1 as client-1")
        #expect(try await stage.store.revocations(of: row.id).isEmpty)
    }

    @Test func `a token that still lives is asked about again, later and later, and not for ever`() async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        try await RevocationDeskTests.revoke(stage, row)
        stage.server.state.withLock { $0.outcomes = [.alive(retryAfter: 300)] }
        #expect(await stage.revocations.tell(row.id) == .alive(retryAfter: 300))
        stage.clock.advance(seconds: 299)
        try await stage.revocations.sweep()
        #expect(stage.server.asked.count == 1)
        stage.clock.advance(seconds: 1)
        // From here on nobody answers at all.
        for count in 2...8 {
            try await stage.revocations.sweep()
            #expect(stage.server.asked.count == count)
            stage.clock.advance(seconds: 21_600)
        }
        try await stage.revocations.sweep()
        #expect(stage.server.asked.count == 8)
        #expect(try await stage.store.revocations(of: row.id).isEmpty)
        #expect(try await stage.changes().filter { $0 == "connection.revoked-upstream" }.count == 8)
    }

    @Test func `of two gateways one tells it`() async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        try await RevocationDeskTests.revoke(stage, row)
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        async let first: Void = stage.revocations.sweep()
        async let second: Void = stage.revocations.sweep()
        _ = try await (first, second)
        #expect(stage.server.asked == RevocationDeskTests.both)
    }

    @Test func `what becomes of the grant counts, and an access token that still lives is asked about again`()
        async throws
    {
        let (stage, row) = try await RevocationDeskTests.connected()
        try await RevocationDeskTests.revoke(stage, row)
        stage.server.state.withLock { $0.outcomes = [.revoked, .alive(retryAfter: 7)] }
        #expect(await stage.revocations.tell(row.id) == .alive(retryAfter: 7))
        stage.clock.advance(seconds: 60)
        stage.server.state.withLock { $0.outcomes = [.revoked, .refused("invalid_request")] }
        try await stage.revocations.sweep()
        #expect(stage.server.asked == RevocationDeskTests.both + RevocationDeskTests.both)
        #expect(try await stage.leaves().last?["result"] == "revoked")
        #expect(try await stage.store.revocations(of: row.id).isEmpty)
    }

    @Test func `what a person who leaves had connected ends at the provider too`() async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        let claim = PersonClaim(person: PersonID("eve"), email: "eve@acme.test", subjects: [GrantStage.depot: "acc-1"])
        let leaving = LeavingDesk(store: stage.store, connections: stage.connections)
        try await stage.store.commit(try await leaving.cut(claim, in: GrantStage.acme, by: "test").transaction)
        let waiting = try await stage.store.revocations(for: PersonID("eve"), in: GrantStage.acme)
        #expect(waiting == [GrantStage.depot: 1])
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        try await stage.revocations.sweep()
        #expect(stage.server.asked == RevocationDeskTests.both)
        #expect(try await stage.store.connection(row.id)?.health == .revoked)
    }

    @Test func `tokens that are renewed while a person leaves aren't the ones that are ended`() async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        let claim = PersonClaim(person: PersonID("eve"), email: "eve@acme.test", subjects: [GrantStage.depot: "acc-1"])
        let leaving = LeavingDesk(store: stage.store, connections: stage.connections)
        let end = try await leaving.cut(claim, in: GrantStage.acme, by: "test").transaction
        let before = try #require(try await stage.store.tokens(of: row.id))
        let renewed = TokenSet(
            connection: before.connection, grant: before.grant, generation: before.generation + 1,
            clientID: before.clientID, fingerprint: "next", access: before.access, refresh: before.refresh,
            expires: before.expires, obtained: before.obtained, due: before.due)
        try await stage.store.commit(Transaction(changes: [TokenSetChange.renew(renewed)]))
        await #expect(throws: CommitError.self) { try await stage.store.commit(end) }
        #expect(try await stage.store.connection(row.id)?.health == .healthy)
    }

    @Test func `a key that isn't there just now isn't a reason to let a token live`() async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        try await RevocationDeskTests.revoke(stage, row)
        let other = RevocationDesk(
            store: stage.store, commits: stage.store, apps: stage.apps, errands: stage.server,
            keys: try KeyRing.ephemeral(), providers: stage.providers, world: stage.clock.world)
        #expect(await other.tell(row.id) == .alive(retryAfter: nil))
        stage.clock.advance(seconds: 3_600)
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        try await stage.revocations.sweep()
        #expect(stage.server.asked == RevocationDeskTests.both)
    }

    private static func granted(_ provider: String, account: String) throws -> Granted {
        Granted(
            provider: ProviderID(provider), clientID: "client-1",
            answer: TokenAnswer(
                access: try #require(TokenText("access-1")), refresh: TokenText("refresh-1"), scopes: nil,
                lifetime: 3600),
            asked: Timestamp(microseconds: 0), requested: ["base"],
            account: UpstreamAccount(id: account, email: "\(account)@acme.test", name: nil, scopes: nil))
    }

    /// As Google does: what one token ends is everything that the app has of the account.
    @Test func `a connection isn't ended at its provider while another lives by the same authorization`() async throws {
        let (id, oauth) = ("https://id.depot.test", "revokesAll: true,")
        let stage = try GrantStage(
            ["depot", "archive"].map { try GrantStage.manifest($0, id: id, oauth: oauth) })
        func keep(_ provider: String, _ account: String) async throws -> ConnectionRecord {
            try await stage.register(ProviderID(provider))
            let new = NewConnection(
                organization: GrantStage.acme, owner: .agent(AgentID("robot")), provider: ProviderID(provider),
                agentOwner: PersonID("dana"), isSharedWithOwner: false, people: [], by: "test", under: [])
            return try await stage.connections.keep(
                try RevocationDeskTests.granted(provider, account: account), for: new)
        }
        let (mail, files) = (try await keep("depot", "acc-1"), try await keep("archive", "acc-1"))
        try await RevocationDeskTests.revoke(stage, mail)
        #expect(await stage.revocations.tell(mail.id) == nil && stage.server.asked.isEmpty)
        #expect(try await stage.connections.survivor(of: mail) == files.id)
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        try await RevocationDeskTests.revoke(stage, files)
        #expect(await stage.revocations.tell(files.id) == .revoked)
        #expect(try await stage.connections.survivor(of: files) == nil)
    }

    @Test func `an account that another takes the place of is ended at its provider`() async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        func again(_ account: String) async throws -> ConnectionRecord {
            let earlier = try #require(try await stage.store.connection(row.id))
            return try await stage.connections.keep(
                try RevocationDeskTests.granted("depot", account: account), for: GrantStage.new(), over: earlier)
        }
        _ = try await again("acc-1")
        #expect(try await stage.store.revocations(of: row.id).isEmpty, "the same account may have the same grant")
        let now = try await again("acc-2")
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        #expect(await stage.revocations.tell(row.id) == .revoked)
        #expect(stage.server.asked == RevocationDeskTests.both)
        #expect(try await stage.store.connection(row.id)?.health == .healthy && now.account == "acc-2")
    }

    @Test func `a token of an app that isn't ours any more is given to nobody`() async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        try await RevocationDeskTests.revoke(stage, row)
        _ = try await stage.apps.remove(GrantStage.depot, in: GrantStage.acme, by: "test")
        #expect(await stage.revocations.tell(row.id) == .refused("app_gone"))
        #expect(stage.server.asked.isEmpty)
        #expect(try await stage.store.revocations(of: row.id).isEmpty)
    }

    @Test func `what waits is sealed, and sealed anew with new keys`() async throws {
        let (stage, row) = try await RevocationDeskTests.connected()
        try await RevocationDeskTests.revoke(stage, row)
        let kept = try #require(try await stage.store.revocations(of: row.id).first)
        #expect(!String(decoding: kept.sealed, as: UTF8.self).contains("refresh-1"))
        _ = try await KeyDesk(rows: stage.store, commits: stage.store, keys: stage.keys, world: stage.clock.world)
            .rotate(by: "test")
        let after = try #require(try await stage.store.revocations(of: row.id).first)
        #expect(after.sealed != kept.sealed)
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        #expect(await stage.revocations.tell(row.id) == .revoked)
    }
}
