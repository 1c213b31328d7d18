import Authority
import Definition
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Vault
import Wire

@testable import Broker

/// A home whose app at `mail` is known by one certificate, and goes round every thirty days.
private struct RotationStage {
    static let acme = OrganizationID("acme")
    static let mail = ProviderID("mail")
    let store = MemoryStore()
    let clock = FakeWorld()
    let keys: KeyRing
    let directory = FakeDirectory()
    let providers: ProviderShelf
    let first: CertifiedKey

    init(first: CertifiedKey) async throws {
        self.first = first
        keys = try KeyRing.ephemeral()
        providers = try ProviderShelf([
            try ProviderManifest(
                reading: """
                    { provider: "mail", title: "Mail", origin: "https://graph.test", credential: { kind: "bearer" },
                      oauth: { authorization: "https://login.test/organizations/authorize",
                        token: "https://login.test/organizations/token", assertions: "token_endpoint",
                        ownKeys: { interface: "microsoft_graph", at: "https://graph.test/v1.0", scopes: ["all"] } },
                      account: { requests: [{ method: "GET", path: "/me" }], id: "/id" }, refusal: { code: "/error" },
                      tools: [] }
                    """, file: "mail.json5")
        ])
        directory.state.withLock { $0.certificates[FakeDirectory.id(1)] = first.certificate }
        _ = try await apps().add(
            RotationStage.mail, in: RotationStage.acme, clientID: "deputy", key: ClientKey(first), replaces: false,
            by: "test")
    }

    func apps(_ commits: (any Commits)? = nil) -> AppDesk {
        AppDesk(store: store, commits: commits ?? store, keys: keys, providers: providers, world: clock.world)
    }

    func desk(_ commits: (any Commits)? = nil) -> RotationDesk {
        RotationDesk(
            store: store, commits: commits ?? store, apps: apps(commits),
            connections: ConnectionDesk(
                store: store, commits: commits ?? store, errands: NoErrands(), keys: keys,
                fingerprints: Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes)),
                providers: providers,
                world: clock.world), errands: directory, management: directory, keys: keys, world: clock.world)
    }

    @discardableResult
    func goRound(keyID: String? = nil, grace: Int64 = 3_600) async throws -> KeyRotation {
        try await apps().goRound(
            RotationStage.mail, in: RotationStage.acme, every: 30,
            at: RotationPlace(object: FakeDirectory.object, tenant: FakeDirectory.id(9)), keyID: keyID, grace: grace,
            by: "test")
    }

    func rotation() async throws -> KeyRotation {
        try #require(try await store.rotation(of: .app(RotationStage.mail), in: RotationStage.acme))
    }

    /// What this home signs with, the newest first.
    func held() async throws -> [String] {
        let record = try #require(try await store.app(at: RotationStage.mail, of: nil, in: RotationStage.acme))
        let secrets = try apps().secrets(of: record)
        return try [secrets.now, secrets.before].compactMap(\.self).map {
            try #require(ClientKey(stored: try JSON.parse($0))?.certified).certificate.thumbprint
        }
    }

    var known: Set<String> { directory.state.withLock { Set($0.certificates.values.map(\.thumbprint)) } }
    var calls: [String] { directory.state.withLock { $0.calls } }

    func changes() async throws -> [String] {
        try await store.records(of: .organization(RotationStage.acme), from: 0, limit: 1000).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
    }

    /// Lets the gateway look for hours.
    func live(hours: Int = 4) async throws {
        for _ in 0..<(hours * 12) {
            clock.advance(seconds: 300)
            try await desk().sweep()
        }
    }
}

@Suite struct `Certificates of our apps go round by themselves` {
    private static func key(_ clock: FakeWorld = FakeWorld(), days: Int64 = 400) throws -> CertifiedKey {
        let now = clock.world.now().seconds
        return try CertifiedKey.made(named: "first", from: now - 300, until: now + days * 86_400)
    }

    private func stage() async throws -> RotationStage {
        try await RotationStage(first: try Self.key())
    }

    @Test func `nothing is asked before the schedule is due, and then the new one is proven before the old one goes`()
        async throws
    {
        let stage = try await stage()
        let first = stage.first.certificate.thumbprint
        try await stage.goRound(keyID: FakeDirectory.id(1))
        stage.clock.advance(seconds: 30 * 86_400 - 60)
        try await stage.desk().sweep()
        #expect(stage.calls.isEmpty)
        stage.clock.advance(seconds: 60)
        try await stage.desk().sweep()
        #expect(stage.calls == ["token", "addKey 200", "token"])
        let held = try await stage.held()
        #expect(held.count == 2 && held[1] == first && stage.known == Set(held))
        #expect(try await stage.rotation().step == .resting)
        // Everything that is asked as the app falls back to the one before; an answer doesn't end its rest.
        await stage.apps().prove(try await stage.apps().app(at: RotationStage.mail, in: RotationStage.acme))
        #expect(try await stage.held() == held)
        try await stage.live(hours: 2)
        #expect(stage.calls.suffix(2) == ["token", "removeKey 204"])
        #expect(try await stage.held() == [held[0]] && stage.known == [held[0]])
        let rotation = try await stage.rotation()
        #expect(rotation.step == .waiting && rotation.keyID == FakeDirectory.id(2) && rotation.sealed.isEmpty)
        #expect(
            try await stage.changes().suffix(5) == [
                "app.schedule.automatic", "app.key.made", "app.key.added", "app.key.replaced", "app.key.removed",
            ])
        let mark = try #require(
            try await stage.store.healthMark(of: .app(RotationStage.mail), in: RotationStage.acme))
        #expect(mark.standing.cause == .keyRotated && mark.standing.state == .active)
        stage.clock.advance(seconds: 30 * 86_400)
        try await stage.live()
        let again = try await stage.held()
        #expect(again.count == 1 && again != [held[0]] && stage.known == Set(again), "and round again")
    }

    @Test
    func `a gateway that dies at any commit, before or after it is written, leaves what the next one goes on with`()
        async throws
    {
        let first = try Self.key()
        var deaths = 0
        for isWritten in [false, true] {
            for last in 0..<16 {
                let stage = try await RotationStage(first: first)
                try await stage.goRound(keyID: FakeDirectory.id(1))
                stage.clock.advance(seconds: 30 * 86_400)
                let dying = DyingCommits(stage.store, at: last, isWritten: isWritten)
                for _ in 0..<20 where !dying.isDead {
                    try await stage.desk(dying).sweep()
                    let held = try await stage.held()
                    #expect(!stage.known.isDisjoint(with: held), "the account is lost")
                    stage.clock.advance(seconds: 3_600)
                }
                guard dying.isDead else { continue }
                deaths += 1
                try await stage.live(hours: 8)
                let held = try await stage.held()
                #expect(
                    held.count == 1 && stage.known == Set(held) && held != [first.certificate.thumbprint],
                    "died at \(last), written: \(isWritten): \(stage.calls)")
                #expect(try await stage.rotation().step == .waiting)
            }
        }
        #expect(deaths == 2 * 8, "each commit of a rotation was one to die at")
    }

    @Test func `an answer that nobody saw loses nothing, whichever it was`() async throws {
        let first = try Self.key()
        for lost in 0..<5 {
            let stage = try await RotationStage(first: first)
            stage.directory.state.withLock { $0.lost = [lost] }
            try await stage.goRound(keyID: FakeDirectory.id(1))
            stage.clock.advance(seconds: 30 * 86_400)
            for _ in 0..<48 {
                try await stage.desk().sweep()
                let held = try await stage.held()
                #expect(!stage.known.isDisjoint(with: held))
                stage.clock.advance(seconds: 300)
            }
            let held = try await stage.held()
            #expect(held.count == 1 && stage.known == Set(held), "lost \(lost): \(stage.calls)")
            #expect(stage.calls.filter { $0 == "addKey 200" }.count == 1, "one is added, whatever was lost")
        }
    }

    @Test func `a new one that isn't known everywhere yet is waited for, and the old one signs meanwhile`() async throws
    {
        let stage = try await stage()
        stage.directory.state.withLock { $0.slow = 3 }
        try await stage.goRound(keyID: FakeDirectory.id(1))
        stage.clock.advance(seconds: 30 * 86_400)
        try await stage.desk().sweep()
        #expect(try await stage.held() == [stage.first.certificate.thumbprint])
        try await stage.live()
        let held = try await stage.held()
        #expect(held.count == 1 && stage.known == Set(held))
        #expect(stage.calls.filter { $0 == "no token" }.count == 3)
    }

    @Test func `a directory that forbids it is told of, and asked seldom`() async throws {
        let stage = try await stage()
        stage.directory.state.withLock { $0.refusing = 403 }
        try await stage.goRound(keyID: FakeDirectory.id(1))
        stage.clock.advance(seconds: 30 * 86_400)
        try await stage.live(hours: 24)
        let rotation = try await stage.rotation()
        #expect(rotation.step == .adding && rotation.problem == "Authorization_RequestDenied")
        #expect(try await stage.changes().filter { $0 == "app.key.stuck" }.count == 1, "told once")
        #expect(stage.calls.filter { $0 == "addKey 403" }.count < 12)
        #expect(try await stage.held() == [stage.first.certificate.thumbprint])
        stage.directory.state.withLock { $0.refusing = nil }
        try await stage.live(hours: 24)
        let held = try await stage.held()
        #expect(held.count == 1 && stage.known == Set(held))
        #expect(try await stage.rotation().problem == nil)
    }

    @Test func `one whose name nobody said is left, unless it may be read`() async throws {
        for mayRead in [false, true] {
            let stage = try await stage()
            stage.directory.state.withLock { ($0.isNaming, $0.mayRead) = (false, mayRead) }
            try await stage.goRound()
            stage.clock.advance(seconds: 30 * 86_400)
            try await stage.live()
            let (held, rotation) = (try await stage.held(), try await stage.rotation())
            #expect(held.count == 1 && rotation.step == .waiting && stage.known.contains(held[0]))
            #expect(stage.known.count == (mayRead ? 1 : 2) && rotation.problem == (mayRead ? nil : "old_key_left"))
        }
    }

    @Test func `what the provider ends before the schedule does is replaced a month before that`() async throws {
        let stage = try await RotationStage(first: try Self.key(days: 45))
        try await stage.goRound()
        let due = try await stage.rotation().due
        #expect(due.seconds == stage.first.certificate.notAfter - 30 * 86_400)
    }

    @Test func `nothing else may be given meanwhile, and ending the schedule ends it`() async throws {
        let stage = try await stage()
        try await stage.goRound()
        let other = ClientKey(try Self.key())
        let error = await #expect(throws: BrokerError.self) {
            try await stage.apps().rotate(RotationStage.mail, in: RotationStage.acme, key: other, ends: nil, by: "test")
        }
        #expect(error?.code == .refused)
        _ = try await stage.apps().schedule(RotationStage.mail, in: RotationStage.acme, every: nil, by: "test")
        #expect(try await stage.store.rotations(in: RotationStage.acme).isEmpty)
        _ = try await stage.apps().rotate(RotationStage.mail, in: RotationStage.acme, key: other, ends: nil, by: "test")
    }

    @Test func `only an app with a certificate, an object id and one directory goes round`() async throws {
        let stage = try await stage()
        func refused(_ object: String, _ tenant: String?, keyID: String? = nil) async -> Bool {
            do throws(BrokerError) {
                _ = try await stage.apps().goRound(
                    RotationStage.mail, in: RotationStage.acme, every: 30,
                    at: RotationPlace(object: object, tenant: tenant), keyID: keyID, grace: 0, by: "test")
                return false
            } catch { return error.code == .invalid }
        }
        #expect(await refused("deputy", FakeDirectory.id(9)))
        #expect(await refused(FakeDirectory.object + "/../1", FakeDirectory.id(9)))
        #expect(await refused(FakeDirectory.object, nil))
        #expect(await refused(FakeDirectory.object, FakeDirectory.id(9), keyID: "key-1"))
        #expect(await !refused(FakeDirectory.object, FakeDirectory.id(9)))
    }
}
