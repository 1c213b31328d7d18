import Authority
import Broker
import Definition
import Gate
import Ledger
import Logging
import OAuth
import Registry
import Synchronization
import Testing
import Turns
import Twins
import Vault
import Wire

@testable import Storage

/// What a home of an older version holds is there and works when this one opens it.
struct UpgradeTests {
    private final class Microsoft: UnaskedTokenErrands, UnaskedErrands {
        let asked = Mutex<[String]>([])

        func ask(
            _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
        ) async throws(TokenProblem) -> TokenAnswer {
            let form = String(decoding: request.body(.form, with: []).bytes, as: UTF8.self)
            let count = asked.withLock { asked in
                asked.append(form)
                return asked.count
            }
            guard let access = TokenText("a\(count + 1)") else { throw .notSent("no token") }
            return TokenAnswer(access: access, refresh: TokenText("r\(count + 1)"), scopes: [], lifetime: 3_600)
        }

        func probeAccount(
            _ step: Step, at origin: String, with credential: borrowing Credential
        ) async throws(UpstreamFailure) -> UpstreamAnswer {
            let body: JSON =
                step.path == "/v1.0/me"
                ? ["id": "o-1", "displayName": "Alice", "mail": "alice@acme.test"] : ["value": [["id": "t-1"]]]
            return UpstreamAnswer(status: 200, headers: [], body: body.bytes())
        }
    }

    /// This version, over the home.
    private struct Now {
        let store: SQLStore
        let home: OldHome
        let microsoft = Microsoft()
        let world = World(now: { OldHome.now }, newID: { "\($0)_\(UInt64.random(in: 0 ..< .max))" })
        let providers: ProviderShelf

        init(_ home: OldHome) async throws {
            self.home = home
            store = try await home.place.open()
            providers = try ProviderShelf(try BundledProviders.read())
        }

        var keeper: TokenKeeper {
            TokenKeeper(
                store: store, commits: store, errands: microsoft, accounts: microsoft, keys: home.ring,
                fingerprints: home.fingerprints,
                apps: AppDesk(store: store, commits: store, keys: home.ring, providers: providers, world: world),
                providers: providers, world: world, people: { _ in [] },
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }

        func row(_ name: String) async throws -> ConnectionRecord {
            try #require(try await store.connection(ConnectionID("con_\(name)")))
        }

        /// What a request would carry.
        func opened(_ name: String) async throws -> String {
            let source = SealedCredentials(
                store: store, commits: store, keys: home.ring, fingerprints: home.fingerprints, providers: providers,
                tokens: keeper)
            return try await source.credential(for: try await row(name).use, by: nil).secret.withBytes {
                String(decoding: $0, as: UTF8.self)
            }
        }

        func leaves() async throws -> [JSON] {
            try await store.records(of: Rows.tree, from: 0, limit: 1_000).map { try JSON.parse($0.bytes) }
        }

        /// What `doctor` and `ledger verify` look at.
        func check() async throws {
            let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            try await Checkpointer(store: store, keys: OldHome.keys, log: log).signAll()
            let audit = VaultAudit(
                connections: store, ledger: store, commits: store, keys: home.ring, signing: OldHome.keys, world: world)
            #expect(try await audit.findings(in: Rows.acme).isEmpty)
        }
    }

    @Test(arguments: Database.allCases)
    func `nothing of a home of before is lost, and its seals open`(_ database: Database) async throws {
        let home = try await OldHome(database)
        let now = try await Now(home)
        let all = try await now.store.connections(in: Rows.acme, of: nil)
        #expect(Set(all) == Set(home.rows.values), "with what is new at what it was all along")
        #expect(all.allSatisfy { $0.sealed.first == 2 && $0.issuer.isEmpty && $0.formerAccount == nil })
        #expect(try await now.opened("key") == "key-of-key")
        #expect(try await now.opened("voice") == "key-of-voice")
        try await now.check()
        #expect(try await now.store.inboxEntry(InboxID("in_1"))?.state == .waiting)
        #expect(
            try await now.store.claimMessages(at: OldHome.now, limit: 9, each: 9).isEmpty, "its turn is ready first")
        #expect(try await now.store.turn(TurnID("turn_1"))?.agent == AgentID("reader"))
        let card = try #require(try await now.store.outboxEntry(OutboxID("out_1")))
        #expect(card.approval == ApprovalID("apr_1") && card.about == ApprovalID("apr_1") && card.state == .waiting)
        try await now.store.close()
    }

    @Test(arguments: Database.allCases)
    func `what waits for a yes waits on, with who has agreed, and its turn goes on after it`(_ database: Database)
        async throws
    {
        let home = try await OldHome(database)
        let now = try await Now(home)
        let waiting = try #require(try await now.store.approval(ApprovalID("apr_2")))
        #expect(waiting.state == .waiting && waiting.needs == [[PersonID("alice")], [PersonID("dana")]])
        #expect(waiting.yes == [PersonID("dana")] && waiting.binding.connection == ConnectionID("con_grant"))
        #expect(waiting.binding.account == "o-1" && waiting.call.requester == .person(PersonID("alice")))
        #expect(try await now.store.approval(asked: OldHome.asked) == waiting, "the same call again finds it")
        #expect(try await now.store.approvals(in: Rows.acme, pending: true, limit: 9) == [waiting])
        let turn = try #require(try await now.store.turn(TurnID("turn_2")))
        #expect(turn.steps == 3 && turn.agent == AgentID("reader"))
        #expect(turn.state == .parked(.approval(waiting.id)))
        #expect(try await now.store.answeredTurns(limit: 9).isEmpty, "nobody has agreed yet")
        try await now.store.commit(
            Transaction(changes: [
                ApprovalChange.step(waiting.id, .agree(PersonID("alice")))
            ]))
        #expect(try await now.store.approval(waiting.id)?.state == .approved)
        #expect(try await now.store.claimApproved(limit: 9).map(\.id) == [waiting.id])
        try await now.store.commit(
            Transaction(changes: [ApprovalChange.step(waiting.id, .spend(CallID("call_2")))]))
        #expect(try await now.store.answeredTurns(limit: 9).map(\.id) == [turn.id])
        try await now.store.close()
    }

    @Test(arguments: Database.allCases)
    func `the next writing binds what is sealed`(_ database: Database) async throws {
        let home = try await OldHome(database)
        let now = try await Now(home)
        #expect(try await now.opened("grant") == "a2")
        #expect(now.microsoft.asked.withLock { $0.first?.contains("refresh_token=r1") } == true)
        let tokens = try #require(try await now.store.tokens(of: ConnectionID("con_grant")))
        #expect(tokens.access.first == 3 && tokens.refresh?.first == 3)
        try await now.check()
        let keys = KeyDesk(
            rows: now.store, commits: now.store, keys: home.ring, connections: now.store, world: now.world)
        let done = try await keys.rotate(by: "test")
        #expect(done.refused.isEmpty)
        for row in try await now.store.connections(in: Rows.acme, of: nil) {
            #expect(row.sealed.first == 3, "\(row.id)")
        }
        #expect(try await now.opened("key") == "key-of-key")
        #expect(try await now.opened("grant") == "a2", "none is asked for anew")
        try await now.check()
        let last = try await now.row("grant")
        try await now.store.close()
        let again = try await Now(home)
        #expect(try await again.row("grant") == last)
        #expect(try await again.opened("voice") == "key-of-voice")
        try await again.store.close()
    }

    @Test(arguments: Database.allCases)
    func `what a migration made of definitions is in the ledger, once`(_ database: Database) async throws {
        let home = try await OldHome(database)
        let now = try await Now(home)
        for _ in 0..<2 { try await Upgrade(store: now.store, commits: now.store, world: now.world).tell() }
        let told = try await now.leaves().filter { $0["migration"] != nil }
        #expect(told.map { $0["change"]?.stringValue } == ["agent.migrated"])
        let voice = try #require(try await now.store.agent(AgentID("voice"), in: Rows.acme))
        #expect(told[0]["agent"] == "voice" && told[0]["definition"]?.digest == voice.definition.digest)
        #expect(voice.definition["models"]?.arrayValue?.first?["key"] == "anthropic:agent")
        try await now.check()
        try await now.store.close()
        // One that was made by this version has nothing to say.
        let fresh = try await database.place().open()
        #expect(try await fresh.upgradesUntold().isEmpty)
        try await fresh.close()
    }
}
