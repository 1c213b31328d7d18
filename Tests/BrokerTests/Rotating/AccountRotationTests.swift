import Authority
import Definition
import Gate
import Logging
import OAuth
import Synchronization
import Testing
import Twins
import Vault
import Wire

@testable import Broker

/// A claw's connection by a service account's key, which goes round every thirty days.
struct AccountStage {
    let stage: GrantStage
    let google = FakeGoogle()
    let row: ConnectionRecord

    init() async throws {
        stage = try GrantStage([
            try GrantStage.manifest(
                oauth: #"ownKeys: { interface: "google_iam", at: "https://iam.test/v1", scopes: ["iam"] },"#)
        ])
        stage.server.answer(200, #"{"access_token": "first", "token_type": "Bearer", "expires_in": 3600}"#)
        row = try await stage.desk.add(GrantStage.account(), as: nil, GrantStage.new(), scopes: ["items.read"])
    }

    func connections(_ commits: (any Commits)? = nil) -> ConnectionDesk {
        ConnectionDesk(
            store: stage.store, commits: commits ?? stage.store, errands: stage.server, keys: stage.keys,
            fingerprints: stage.fingerprints, providers: stage.providers, world: stage.clock.world)
    }

    func desk(_ commits: (any Commits)? = nil) -> RotationDesk {
        RotationDesk(
            store: stage.store, commits: commits ?? stage.store, apps: stage.apps, connections: connections(commits),
            errands: google, management: google, keys: stage.keys, world: stage.clock.world)
    }

    @discardableResult
    func goRound(removing: Bool = true, grace: Int64 = 3_600) async throws -> KeyRotation {
        try await connections().goRound(
            row.id, in: GrantStage.acme, every: 30, removesFirst: removing, grace: grace, by: "test")
    }

    func rotation() async throws -> KeyRotation {
        try #require(try await stage.store.rotation(of: .key(row.id), in: GrantStage.acme))
    }

    /// Which keys this home has, the one in use first.
    func held() async throws -> [String] {
        let (row, tokens) = (
            try #require(try await stage.store.connection(row.id)),
            try #require(try await stage.store.tokens(of: row.id))
        )
        let text = try TokenSealing(keys: stage.keys, fingerprints: stage.fingerprints).refresh(
            of: tokens, for: row.use)
        let kept = try #require(text.flatMap(KeptAccount.init))
        return [kept.account.keyID, kept.before?.keyID].compactMap(\.self)
    }

    func keeper() -> TokenKeeper {
        TokenKeeper(
            store: stage.store, commits: stage.store, errands: google, accounts: stage.server, keys: stage.keys,
            fingerprints: stage.fingerprints, apps: stage.apps, providers: stage.providers, world: stage.clock.world,
            people: { _ in [] }, pause: { _ in await Task.yield() },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The token that a call would be made with.
    func token() async throws -> String {
        let row = try #require(try await stage.store.connection(row.id))
        return try await keeper().token(for: row.use, rejecting: nil).take().withBytes {
            String(decoding: $0, as: UTF8.self)
        }
    }

    var known: Set<String> { google.state.withLock { Set($0.keys.keys) } }
    var calls: [String] { google.state.withLock { $0.calls } }

    func due() { stage.clock.advance(seconds: 30 * 86_400) }

    func live(hours: Int = 4) async throws {
        for _ in 0..<(hours * 12) {
            stage.clock.advance(seconds: 300)
            try await desk().sweep()
        }
    }
}

@Suite struct `Keys of service accounts go round by themselves` {
    @Test func `a new one is uploaded and proven before the old one goes, and tokens are asked for with it`()
        async throws
    {
        let stage = try await AccountStage()
        try await stage.goRound()
        stage.stage.clock.advance(seconds: 30 * 86_400 - 60)
        try await stage.desk().sweep()
        #expect(stage.calls.isEmpty, "nothing is asked before it is due")
        stage.stage.clock.advance(seconds: 60)
        try await stage.desk().sweep()
        #expect(stage.calls == ["token kid-1", "upload 200", "token kid-2"])
        #expect(
            stage.google.state.withLock { $0.scopes } == ["iam", "iam"], "as the account itself, for its keys alone")
        #expect(try await stage.held() == ["kid-2", "kid-1"])
        #expect(try await stage.token() == "by-kid-2")
        #expect(stage.google.state.withLock { $0.scopes.last } == "items.read", "what it was granted for stays")
        try await stage.live(hours: 2)
        #expect(stage.calls.suffix(2) == ["token kid-2", "delete 200"])
        #expect(try await stage.held() == ["kid-2"] && stage.known == ["kid-2"])
        let rotation = try await stage.rotation()
        #expect(rotation.step == .waiting && rotation.keyID == "kid-2" && rotation.sealed.isEmpty)
        let changes = try await stage.stage.changes().filter { $0.contains("key.") || $0.contains("schedule") }
        #expect(
            changes == [
                "connection.schedule.automatic", "connection.key.made", "connection.key.added",
                "connection.key.replaced",
                "connection.key.removed",
            ])
        let mark = try #require(
            try await stage.stage.store.healthMark(of: .key(stage.row.id), in: GrantStage.acme))
        #expect(mark.standing.cause == .keyRotated && mark.standing.state == .active)
        stage.due()
        try await stage.live()
        #expect(try await stage.held() == ["kid-3"] && stage.known == ["kid-3"], "and round again")
    }

    @Test func `a gateway that dies at any commit leaves what the next one goes on with`() async throws {
        var deaths = 0
        for isWritten in [false, true] {
            for last in 0..<14 {
                let stage = try await AccountStage()
                try await stage.goRound()
                stage.due()
                let dying = DyingCommits(stage.stage.store, at: last, isWritten: isWritten)
                for _ in 0..<20 where !dying.isDead {
                    try await stage.desk(dying).sweep()
                    #expect(!stage.known.isDisjoint(with: try await stage.held()), "the account is lost")
                    stage.stage.clock.advance(seconds: 3_600)
                }
                guard dying.isDead else { continue }
                deaths += 1
                #expect(try await stage.token().hasPrefix("by-kid-"))
                try await stage.live(hours: 8)
                let held = try await stage.held()
                #expect(
                    held.count == 1 && stage.known == Set(held) && held != ["kid-1"],
                    "died at \(last), written: \(isWritten): \(stage.calls)")
                #expect(stage.calls.filter { $0 == "upload 200" }.count == 1, "one is uploaded")
                #expect(try await stage.rotation().step == .waiting)
            }
        }
        #expect(deaths == 2 * 8, "each commit of a rotation was one to die at")
    }

    @Test func `an answer that nobody saw loses nothing, whichever it was`() async throws {
        for lost in 0..<5 {
            let stage = try await AccountStage()
            stage.google.state.withLock { $0.lost = [lost] }
            try await stage.goRound()
            stage.due()
            try await stage.live()
            let held = try await stage.held()
            #expect(held.count == 1 && stage.known == Set(held) && held != ["kid-1"], "lost \(lost): \(stage.calls)")
            #expect(stage.calls.filter { $0 == "upload 200" }.count == 1, "one is uploaded, whatever was lost")
        }
    }

    @Test func `an answer without an id is as good as lost, and the key is found by its public half`() async throws {
        let stage = try await AccountStage()
        stage.google.state.withLock { $0.isForgetful = true }
        try await stage.goRound()
        stage.due()
        try await stage.live()
        #expect(try await stage.held() == ["kid-2"] && stage.known == ["kid-2"])
        #expect(stage.calls.filter { $0 == "upload 200" }.count == 1 && stage.calls.contains("get 200"))
    }

    @Test func `a key that isn't known everywhere is waited for, and the one before is asked with after`() async throws
    {
        let stage = try await AccountStage()
        stage.google.state.withLock { $0.slow = 2 }
        try await stage.goRound(grace: 7_200)
        stage.due()
        try await stage.desk().sweep()
        #expect(try await stage.held() == ["kid-1"])
        try await stage.live(hours: 1)
        #expect(try await stage.held() == ["kid-2", "kid-1"])
        // Another of Google's machines doesn't know it yet.
        stage.google.state.withLock { $0.slow = 1 }
        #expect(try await stage.token() == "by-kid-1")
        let row = try #require(try await stage.stage.store.connection(stage.row.id))
        #expect(row.health == .healthy)
        #expect(try await stage.held() == ["kid-2", "kid-1"])
    }

    @Test func `without the right it is the operator's turn, the connection works, and the end is still warned of`()
        async throws
    {
        let stage = try await AccountStage()
        stage.google.state.withLock { $0.mayManage = false }
        let now = stage.stage.clock.world.now()
        try await stage.stage.store.commit(
            Transaction(changes: [
                HealthChange.ends(
                    SecretEnd(
                        organization: GrantStage.acme, subject: .key(stage.row.id), provider: GrantStage.depot,
                        ends: now.adding(seconds: 40 * 86_400)))
            ]))
        try await stage.goRound()
        stage.stage.clock.advance(seconds: 10 * 86_400)
        try await stage.live()
        let rotation = try await stage.rotation()
        #expect(rotation.problem == "PERMISSION_DENIED" && rotation.step == .adding)
        let found = try #require(
            try await stage.connections().standing(of: stage.row.id, in: GrantStage.acme))
        #expect(found.standing.state == .operatorAction && found.standing.cause == .rotationFailed)
        #expect(found.nextStep?.contains("roles/iam.serviceAccountKeyAdmin") == true)
        #expect(try await stage.token() == "by-kid-1")
        stage.stage.clock.advance(seconds: 25 * 86_400)
        let late = try #require(
            try await stage.connections().standing(of: stage.row.id, in: GrantStage.acme))
        #expect(late.standing.cause == .secretEnds && late.standing.state == .expiring && late.standing.code == "7")
        stage.google.state.withLock { $0.mayManage = true }
        try await stage.live(hours: 30)
        #expect(try await stage.held() == ["kid-2"])
        let after = try #require(
            try await stage.connections().standing(of: stage.row.id, in: GrantStage.acme))
        #expect(after.standing.state == .active)
    }

    @Test func `a key that somebody else made is deleted only where that was said`() async throws {
        let stage = try await AccountStage()
        try await stage.goRound(removing: false)
        stage.due()
        try await stage.live()
        #expect(try await stage.held() == ["kid-2"] && stage.known == ["kid-1", "kid-2"])
        #expect(try await stage.rotation().problem == "old_key_left")
        try await stage.goRound(removing: false)
        stage.due()
        try await stage.live()
        #expect(stage.known == ["kid-1", "kid-3"], "what was uploaded from here goes")
        let rotation = try await stage.rotation()
        #expect(rotation.problem == nil)
    }

    @Test func `a row that names another key has none deleted`() async throws {
        for other in ["kid-2", "kid-7"] {
            let stage = try await AccountStage()
            stage.google.state.withLock { $0.keys["kid-7"] = .some(nil) }
            try await stage.goRound()
            stage.due()
            try await stage.desk().sweep()
            // Whoever may write to the database, while the one before rests.
            var rotation = try await stage.rotation()
            rotation.keyID = other
            rotation.version += 1
            try await stage.stage.store.commit(Transaction(changes: [RotationChange.step(rotation)]))
            try await stage.live()
            #expect(stage.known == ["kid-1", "kid-2", "kid-7"], "said \(other)")
            #expect(try await stage.rotation().problem == "old_key_left")
        }
    }

    @Test func `by hand nothing is given meanwhile, and a schedule that ends or a revocation ends it`() async throws {
        let stage = try await AccountStage()
        try await stage.goRound()
        let error = await #expect(throws: BrokerError.self) {
            try await stage.stage.desk.rotate(
                stage.row.id, to: try GrantStage.account(), for: GrantStage.new(), ends: nil)
        }
        #expect(error?.code == .refused)
        _ = try await stage.connections().schedule(stage.row.id, in: GrantStage.acme, every: nil, by: "test")
        #expect(try await stage.stage.store.rotations(in: GrantStage.acme).isEmpty)
        try await stage.goRound()
        _ = try await stage.connections().revoke(stage.row.id, in: GrantStage.acme, by: "test")
        #expect(try await stage.stage.store.rotations(in: GrantStage.acme).isEmpty)
    }

    @Test func `the ledger knows each writing of the tokens`() async throws {
        let stage = try await AccountStage()
        try await stage.goRound()
        stage.due()
        try await stage.live()
        let tokens = try #require(try await stage.stage.store.tokens(of: stage.row.id))
        let steps = try await stage.stage.leaves().filter { $0["connection"]?.stringValue == stage.row.id.raw }
        var now: Int64?
        for leaf in steps { now = TokenStep(leaf, now: now)?.to ?? now }
        #expect(now == tokens.generation && tokens.generation > 2)
    }

    @Test func `what isn't a service account of such a provider doesn't go round`() async throws {
        let stage = try await AccountStage()
        for (days, grace) in [(Int64(0), Int64(0)), (30, -1), (30, 31 * 86_400)] {
            await #expect(throws: BrokerError.self) {
                try await stage.connections().goRound(
                    stage.row.id, in: GrantStage.acme, every: days, removesFirst: true, grace: grace, by: "test")
            }
        }
        let plain = try GrantStage()
        plain.server.answer(200, #"{"access_token": "first", "token_type": "Bearer", "expires_in": 3600}"#)
        let row = try await plain.desk.add(GrantStage.account(), as: nil, GrantStage.new(), scopes: ["x"])
        let error = await #expect(throws: BrokerError.self) {
            try await plain.connections.goRound(
                row.id, in: GrantStage.acme, every: 30, removesFirst: true, grace: 0, by: "test")
        }
        #expect(error?.message.contains("no interface") == true)
    }
}
