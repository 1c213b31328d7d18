import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

@Suite struct RenewalFaultTests {
    func expired(
        rotation: String = "strict", introspection: Bool = true
    ) async throws -> (TokenStage, ConnectionRecord) {
        let stage = try await TokenStage(rotation: rotation, introspection: introspection)
        let record = try await stage.connect()
        stage.clock.advance(seconds: 4_000)
        return (stage, record)
    }

    func health(_ stage: TokenStage, _ record: ConnectionRecord) async throws -> ConnectionHealth? {
        try await stage.store.connection(record.id)?.health
    }

    private func health(of record: ConnectionRecord, in stage: TokenStage) async -> ConnectionHealth? {
        try? await health(stage, record)
    }

    @Test func `a lost answer is looked into, and a used refresh token isn't used again`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        server.fail(.losesAnswer)
        await #expect(throws: CredentialError.notRenewed("`no_answer`; it is asked again soon")) {
            try await stage.token(record.use, by: stage.keeper(server))
        }
        #expect(try await health(stage, record) == .healthy)
        stage.clock.advance(seconds: 120)
        await #expect(throws: CredentialError.expired) {
            try await stage.token(record.use, by: stage.keeper(server))
        }
        server.state.withLock { #expect($0.reuses == 0 && $0.introspected == 1 && !$0.grant.isRevoked) }
        #expect(try await health(stage, record) == .broken)
        #expect(try await stage.changes().last == "connection.broken")
    }

    /// It had its answer, and stood still until after another gateway had looked.
    @Test(arguments: [false, true])
    func `tokens of a gateway that was taken for dead aren't lost`(isGivenUpBetween: Bool) async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        let slow = SlowAnswers(server) {
            stage.clock.advance(seconds: 120)
            if isGivenUpBetween {
                await #expect(throws: CredentialError.expired) {
                    try await stage.token(record.use, by: stage.keeper(server))
                }
                #expect(await health(of: record, in: stage) == .broken)
            }
        }
        #expect(try await stage.token(record.use, by: stage.keeper(slow)) == "a2")
        #expect(try await health(stage, record) == .healthy)
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
        server.state.withLock { #expect($0.reuses == 0 && $0.asked == 1 && !$0.grant.isRevoked) }
        let tokens = try await stage.tokens(record)
        #expect(tokens.generation == 2 && tokens.failure == nil && tokens.due != nil)
        let turns = try await stage.changes().filter { ["connection.broken", "connection.recovered"].contains($0) }
        #expect(turns == (isGivenUpBetween ? ["connection.broken", "connection.recovered"] : []))
        let audit = VaultAudit(
            connections: stage.store, ledger: stage.store, commits: stage.store, keys: stage.keys,
            signing: VaultStage.signing, world: stage.clock.world)
        #expect(try await audit.findings(in: TokenStage.acme).isEmpty)
    }

    @Test func `what its owner ended while a gateway stood still stays ended`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        let slow = SlowAnswers(server) {
            stage.clock.advance(seconds: 120)
            _ = try? await stage.token(record.use, by: stage.keeper(server))
            _ = try? await stage.desk.revoke(record.id, in: TokenStage.acme, by: "test")
        }
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(slow)) }
        #expect(try await health(stage, record) == .revoked)
        #expect(try await stage.store.tokens(of: record.id) == nil)
    }

    @Test func `a grant that was given up isn't asked for by whoever decided before`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        server.fail(.losesAnswer)
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        stage.clock.advance(seconds: 120)
        for _ in 0..<3 {
            await #expect(throws: CredentialError.expired) {
                try await stage.token(record.use, by: stage.keeper(server))
            }
            stage.clock.advance(seconds: 4_000)
        }
        server.state.withLock { #expect($0.reuses == 0 && $0.asked == 1 && $0.introspected == 1) }
        #expect(try await stage.changes().filter { $0 == "connection.broken" }.count == 1)
    }

    @Test func `an attempt that can't begin doesn't hide the one before`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        server.fail(.losesAnswer)
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        stage.clock.advance(seconds: 120)
        _ = try await stage.apps.remove(ProviderID("drive"), in: TokenStage.acme, by: "test")
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        #expect(try await stage.tokens(record).attempted != nil)
        try await stage.addApp()
        stage.clock.advance(seconds: 400)
        await #expect(throws: CredentialError.expired) {
            try await stage.token(record.use, by: stage.keeper(server))
        }
        server.state.withLock { #expect($0.reuses == 0 && $0.asked == 1) }
    }

    @Test func `whoever claims knows of the attempt before, however late it is read`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        server.fail(.losesAnswer)
        let slow = SlowReads(stage.store) {
            _ = try? await stage.token(record.use, by: stage.keeper(server))
            stage.clock.advance(seconds: 120)
        }
        await #expect(throws: CredentialError.expired) {
            try await stage.token(record.use, by: stage.keeper(server, reading: slow))
        }
        server.state.withLock { #expect($0.reuses == 0 && $0.asked == 1 && $0.introspected == 1) }
    }

    @Test func `a process that stood still for longer than its lease asks nobody`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        stage.clock.when(.tokenClaimed) { stage.clock.advance(seconds: 30) }
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
        #expect(try await stage.changes().filter { $0 == "tokens.asked" }.count == 2)
        server.state.withLock { #expect($0.reuses == 0 && $0.asked == 1) }
    }

    @Test func `whoever comes while tokens are renewed asks the store for nothing`() async throws {
        let (stage, record) = try await expired()
        let (arrived, hasArrived) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let server = StrictServer(arrived: {
            hasArrived.yield()
            for await _ in released { break }
        })
        let reads = SlowReads(stage.store) {}
        let keeper = stage.keeper(server, reading: reads)
        async let first = stage.token(record.use, by: keeper)
        for await _ in arrived { break }
        let before = reads.read
        let tokens = try await withThrowingTaskGroup { group in
            for _ in 0..<1_000 { group.addTask { try await stage.token(record.use, by: keeper) } }
            release.yield()
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(try await first == "a2" && tokens == ["a2"])
        #expect(reads.read == before)
        #expect(server.state.withLock(\.asked) == 1)
    }

    @Test func `of tokens that another gateway renewed meanwhile none are revoked`() async throws {
        let (stage, record) = try await expired(rotation: "lenient")
        let other = Mutex(false)
        let server = StrictServer(arrived: {
            let isFirst = other.withLock { other in
                defer { other = true }
                return !other
            }
            guard isFirst else { return }
            stage.clock.advance(seconds: 60)
            let second = StrictServer()
            _ = try? await stage.token(record.use, by: stage.keeper(second))
        })
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
        #expect(server.state.withLock(\.revoked) == [])
        #expect(try await stage.tokens(record).generation == 2)
    }

    @Test func `tokens that can't be written for longer than a lease are written when they can`() async throws {
        let (stage, record) = try await expired()
        let (server, commits) = (StrictServer(), ClosedCommits(stage.store))
        let keeper = stage.keeper(server, commits: commits)
        commits.refused = { stage.clock.advance(seconds: 10) }
        await #expect(throws: CredentialError.notRenewed("the ledger can't be written")) {
            try await stage.token(record.use, by: keeper)
        }
        commits.open()
        while try await stage.tokens(record).generation == 1 { await Task.yield() }
        #expect(try await stage.token(record.use, by: keeper) == "a2")
        server.state.withLock { #expect($0.reuses == 0 && $0.asked == 1) }
    }

    @Test(arguments: [false, true])
    func `a fenced gateway writes its tokens through a fresh lease, and ends after that`(isGivenUp: Bool) async throws {
        let (stage, record) = try await expired()
        let leases = OneFreshLease(stage.store)
        let server = StrictServer(arrived: {
            stage.clock.advance(seconds: 120)
            leases.fence()
        })
        let keeper = stage.keeper(server, commits: leases, leases: leases)
        let asking = Task { try? await stage.token(record.use, by: keeper) }
        while leases.refused < 1 { await Task.yield() }
        if isGivenUp {
            await #expect(throws: CredentialError.expired) {
                try await stage.token(record.use, by: stage.keeper(server))
            }
        }
        leases.open()
        await keeper.finish(within: .seconds(20))
        _ = await asking.value
        #expect(try await stage.tokens(record).generation == 2)
        #expect(try await health(stage, record) == .healthy)
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
        server.state.withLock { #expect($0.reuses == 0 && $0.asked == 1 && !$0.grant.isRevoked && $0.revoked == []) }
    }

    @Test func `what another gateway wrote stays, whatever a fenced one has`() async throws {
        let (stage, record) = try await expired(rotation: "lenient")
        let leases = OneFreshLease(stage.store)
        let server = StrictServer(arrived: {
            stage.clock.advance(seconds: 120)
            leases.fence()
        })
        let keeper = stage.keeper(server, commits: leases, leases: leases)
        let asking = Task { try? await stage.token(record.use, by: keeper) }
        while leases.refused < 1 { await Task.yield() }
        let other = StrictServer()
        #expect(try await stage.token(record.use, by: stage.keeper(other)) == "a2")
        let fingerprint = try await stage.tokens(record).fingerprint
        leases.open()
        await keeper.finish(within: .seconds(20))
        _ = await asking.value
        let tokens = try await stage.tokens(record)
        #expect(tokens.generation == 2 && tokens.fingerprint == fingerprint)
        #expect(server.state.withLock(\.revoked) == [] && other.state.withLock(\.revoked) == [])
    }

    @Test func `a lost request is asked again, once the server says that the token still is one`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        server.fail(.losesRequest)
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        stage.clock.advance(seconds: 120)
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
        server.state.withLock { #expect($0.introspected == 1 && $0.reuses == 0) }
    }

    @Test func `a dead grant is given up at once and never asked for again`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        server.fail(.answers(TokenFailure(.dead, code: "invalid_grant", status: 400)))
        let keeper = stage.keeper(server)
        let epoch = EpochScope.connections(TokenStage.acme, record.owner, record.provider)
        let before = stage.store.epoch(of: epoch)
        await #expect(throws: CredentialError.expired) { try await stage.token(record.use, by: keeper) }
        #expect(try await health(stage, record) == .broken)
        #expect(stage.store.epoch(of: epoch) == before + 1)
        for _ in 0..<5 {
            stage.clock.advance(seconds: 4_000)
            await #expect(throws: CredentialError.gone) {
                _ = try await stage.source(keeper).credential(for: record.use, by: nil)
            }
            #expect(try await keeper.renewDue() == 0)
        }
        #expect(server.state.withLock(\.asked) == 0)
    }

    @Test(arguments: [
        TokenFailure.Kind.transient(nil), .transient(90), .registration, .policy,
    ])
    func `what may pass leaves the connection alone, and is asked again later and not before`(
        kind: TokenFailure.Kind
    ) async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        server.fail(.answers(TokenFailure(kind, code: "code", status: 503)))
        let keeper = stage.keeper(server)
        for _ in 0..<20 {
            await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: keeper) }
        }
        #expect(server.state.withLock { $0.asked == 0 && $0.faults.isEmpty })
        #expect(try await health(stage, record) == .healthy)
        if kind == .transient(90) {
            stage.clock.advance(seconds: 89)
            await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: keeper) }
        }
        stage.clock.advance(seconds: 301)
        #expect(try await stage.token(record.use, by: keeper) == "a2")
        #expect(try await stage.tokens(record).failure == nil)
    }

    @Test func `a failed renewal takes nothing from a token that lives`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        let server = StrictServer()
        server.fail(.answers(TokenFailure(.transient(nil), code: nil, status: 502)))
        let keeper = stage.keeper(server)
        stage.clock.advance(seconds: 3_400)
        #expect(try await keeper.renewDue() == 1)
        #expect(try await stage.token(record.use, by: keeper) == "a1")
        #expect(try await health(stage, record) == .healthy)
    }

    @Test func `waiting doubles up to a minute, and heeds the provider up to an hour`() {
        for count in 1...70 {
            let wait = RenewalAttempt.wait(Int64(count), atLeast: nil, jitter: .random(in: -1...1))
            let most = Double(min(60, 1 << min(count - 1, 6)))
            #expect(wait >= max(1, Int64(most * 0.8)) && wait <= max(1, Int64(most * 1.2)))
        }
        #expect(RenewalAttempt.wait(1, atLeast: 100, jitter: 0) == 100)
        #expect(RenewalAttempt.wait(1, atLeast: 1_000_000, jitter: 0) == 3_600)
    }

    @Test func `a connection that is revoked meanwhile stays so, and the new tokens are revoked`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer(arrived: {
            _ = try? await stage.desk.revoke(record.id, in: TokenStage.acme, by: "alice")
        })
        await #expect(throws: CredentialError.gone) {
            try await stage.token(record.use, by: stage.keeper(server))
        }
        #expect(try await stage.store.tokens(of: record.id) == nil)
        #expect(try await health(stage, record) == .revoked)
        #expect(server.state.withLock(\.revoked) == ["r2", "a2"])
    }

    @Test func `a connection that is made anew meanwhile keeps its new tokens`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer(arrived: {
            _ = try? await stage.desk.keep(
                stage.granted(access: "b1", refresh: "s1"), for: stage.new, over: record)
        })
        let keeper = stage.keeper(server)
        await #expect(throws: CredentialError.notAsJudged) { try await stage.token(record.use, by: keeper) }
        let now = try #require(try await stage.store.connection(record.id))
        #expect(now.generation == 2 && now.fingerprint != record.fingerprint)
        #expect(try await stage.token(now.use, by: keeper) == "b1")
        #expect(server.state.withLock(\.revoked) == ["r2", "a2"])
    }

    @Test func `tokens of another client, or without a refresh token, need their owner`() async throws {
        let (stage, record) = try await expired()
        var secret = Array("other".utf8)
        _ = try await stage.apps.add(
            ProviderID("drive"), in: TokenStage.acme, clientID: "other", authentication: nil, secret: &secret,
            replaces: true, by: "test")
        let server = StrictServer()
        await #expect(throws: CredentialError.expired) { try await stage.token(record.use, by: stage.keeper(server)) }
        #expect(server.state.withLock(\.asked) == 0)

        let plain = try await TokenStage()
        let short = try await plain.connect(refresh: nil)
        #expect(try await plain.tokens(short).due == nil)
        plain.clock.advance(seconds: 4_000)
        await #expect(throws: CredentialError.expired) { try await plain.token(short.use, by: plain.keeper(server)) }
    }

    @Test func `tokens that somebody moved to another connection don't open`() async throws {
        let stage = try await TokenStage()
        let (alice, other) = (try await stage.connect(), try await stage.connect())
        let (own, theirs) = (try await stage.tokens(alice), try await stage.tokens(other))
        func moved(grant: String, access: [UInt8]) -> TokenSet {
            TokenSet(
                connection: alice.id, grant: grant, generation: 1, clientID: "deputy", fingerprint: own.fingerprint,
                access: access, refresh: own.refresh, expires: own.expires, obtained: own.obtained, due: own.due)
        }
        func token(_ tokens: TokenSet) async throws -> String {
            try await stage.store.commit(Transaction(changes: [TokenSetChange.keep(tokens)]))
            return try await stage.token(alice.use, by: stage.keeper(StrictServer()))
        }
        #expect(try await token(own) == "a1")
        await #expect(throws: CredentialError.self) { try await token(moved(grant: own.grant, access: theirs.access)) }
        await #expect(throws: CredentialError.self) {
            try await token(moved(grant: own.grant, access: own.refresh ?? []))
        }
        await #expect(throws: CredentialError.notAsJudged) {
            try await token(moved(grant: theirs.grant, access: theirs.access))
        }
    }
}

/// A server whose answer to a renewal arrives only after something happened.
private final class SlowAnswers: TokenErrands {
    private let inner: StrictServer
    private let meanwhile: @Sendable () async -> Void

    init(_ inner: StrictServer, meanwhile: @escaping @Sendable () async -> Void) {
        self.inner = inner
        self.meanwhile = meanwhile
    }

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let answer = try await inner.ask(request, at: endpoint, as: app, in: dialect)
        await meanwhile()
        return answer
    }

    func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome {
        try await inner.revoke(token, hint: hint, at: endpoint, as: app, in: dialect)
    }

    func authorizeDevice(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> DeviceAuthorization {
        try await inner.authorizeDevice(request, at: endpoint, as: app, in: dialect)
    }

    func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool {
        try await inner.isActive(token, hint: hint, at: endpoint, as: app, in: dialect)
    }
}

/// Gives the tokens as they were before something happened, the second time that they are read.
private final class SlowReads: TokenSetStore, ConnectionStore {
    private let inner: MemoryStore
    private let count = Mutex(0)
    private let meanwhile: @Sendable () async -> Void

    init(_ inner: MemoryStore, meanwhile: @escaping @Sendable () async -> Void) {
        self.inner = inner
        self.meanwhile = meanwhile
    }

    var read: Int { count.withLock { $0 } }

    func tokens(of connection: ConnectionID) async throws -> TokenSet? {
        let found = try await inner.tokens(of: connection)
        let isSecond = count.withLock { count in
            count += 1
            return count == 2
        }
        if isSecond { await meanwhile() }
        return found
    }

    func tokens(in organization: OrganizationID, of owner: Owner?) async throws -> [TokenSet] {
        try await inner.tokens(in: organization, of: owner)
    }

    func tokens(
        in organization: OrganizationID, after: ConnectionID?, through last: ConnectionID?
    ) async throws -> [TokenSet] {
        try await inner.tokens(in: organization, after: after, through: last)
    }
    func tokensDue(by time: Timestamp, limit: Int) async throws -> [ConnectionID] {
        try await inner.tokensDue(by: time, limit: limit)
    }

    func connection(_ id: ConnectionID) async throws -> ConnectionRecord? { try await inner.connection(id) }

    func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [ConnectionRecord] { try await inner.connections(of: owner, at: provider, in: organization) }

    func connections(in organization: OrganizationID, of owner: Owner?) async throws -> [ConnectionRecord] {
        try await inner.connections(in: organization, of: owner)
    }

    func connections(
        in organization: OrganizationID, after: ConnectionID?, limit: Int
    ) async throws -> [ConnectionRecord] {
        try await inner.connections(in: organization, after: after, limit: limit)
    }

    func choices(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [AccountChoice] { try await inner.choices(of: owner, at: provider, in: organization) }

    func choices(in organization: OrganizationID) async throws -> [AccountChoice] {
        try await inner.choices(in: organization)
    }
}

/// A store that takes no new tokens until it is opened.
private final class ClosedCommits: Commits {
    private let inner: MemoryStore
    private let isOpen = Mutex(false)
    private let hook = Mutex<@Sendable () -> Void>({})

    init(_ inner: MemoryStore) {
        self.inner = inner
    }

    var refused: @Sendable () -> Void {
        get { hook.withLock { $0 } }
        set { hook.withLock { $0 = newValue } }
    }

    func open() { isOpen.withLock { $0 = true } }

    func commit(_ transaction: Transaction) async throws(CommitError) {
        let isRenewal = transaction.changes.contains { if case TokenSetChange.renew = $0 { true } else { false } }
        if isRenewal, !isOpen.withLock({ $0 }) {
            refused()
            throw .unavailable("full")
        }
        try await inner.commit(transaction)
    }

    func submit(_ transaction: Transaction) { inner.submit(transaction) }
    func epoch(of scope: EpochScope) -> Int64 { inner.epoch(of: scope) }
    func knownEpoch(of scope: EpochScope) -> Int64? { inner.knownEpoch(of: scope) }
}

/// A gateway that loses its place: its own commits are refused, and through a fresh lease they pass once that may be had.
private final class OneFreshLease: Commits, FreshLeases {
    private struct State {
        var isFenced = false
        var isOpen = false
        var refused = 0
    }

    private let inner: MemoryStore
    private let state = Mutex(State())

    init(_ inner: MemoryStore) {
        self.inner = inner
    }

    var isFenced: Bool { state.withLock(\.isFenced) }
    var refused: Int { state.withLock(\.refused) }

    func fence() { state.withLock { $0.isFenced = true } }
    func open() { state.withLock { $0.isOpen = true } }

    func withFreshLease(
        _ body: @Sendable (any Commits) async throws(CommitError) -> Void
    ) async throws(CommitError) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.refused += 1 }
            return state.isOpen
        }
        guard isOpen else { throw .unavailable("no place") }
        try await body(inner)
    }

    func commit(_ transaction: Transaction) async throws(CommitError) {
        guard !isFenced else { throw .unavailable("another gateway has taken over") }
        try await inner.commit(transaction)
    }

    func submit(_ transaction: Transaction) { inner.submit(transaction) }
    func epoch(of scope: EpochScope) -> Int64 { inner.epoch(of: scope) }
    func knownEpoch(of scope: EpochScope) -> Int64? { inner.knownEpoch(of: scope) }
}
