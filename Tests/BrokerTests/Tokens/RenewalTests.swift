import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

@Suite struct RenewalTests {
    @Test func `a token that lives is given out without asking anybody`() async throws {
        let stage = try await TokenStage()
        let server = StrictServer()
        let record = try await stage.connect()
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a1")
        #expect(server.state.withLock(\.asked) == 0)
    }

    @Test(arguments: [(1, 0, true), (5, 4, true), (5, 5, false), (3_600, 3_589, true), (3_600, 3_590, false)])
    func `a token is used until shortly before its end, however short its life is`(
        lifetime: Int64, age: Int64, isUsed: Bool
    ) async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect(lifetime: lifetime)
        stage.clock.advance(seconds: age)
        let token = try await stage.token(record.use, by: stage.keeper(StrictServer()))
        #expect(token == (isUsed ? "a1" : "a2"))
    }

    @Test func `ten thousand callers of an expired token cause one request`() async throws {
        let stage = try await TokenStage()
        let server = StrictServer()
        let record = try await stage.connect()
        stage.clock.advance(seconds: 4_000)
        let keeper = stage.keeper(server)
        let tokens = try await withThrowingTaskGroup { group in
            for _ in 0..<10_000 { group.addTask { try await stage.token(record.use, by: keeper) } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(tokens == ["a2"])
        #expect(server.state.withLock(\.asked) == 1)
    }

    @Test func `three gateways that renew again and again never use a refresh token twice`() async throws {
        let stage = try await TokenStage()
        let server = StrictServer()
        let record = try await stage.connect()
        let keepers = (0..<3).map { _ in stage.keeper(server) }
        for round in 1...40 {
            stage.clock.advance(seconds: 4_000)
            let tokens = try await withThrowingTaskGroup { group in
                for keeper in keepers {
                    for _ in 0..<5 { group.addTask { try await stage.token(record.use, by: keeper) } }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(tokens == ["a\(round + 1)"])
        }
        server.state.withLock {
            #expect($0.asked == 40 && $0.reuses == 0 && $0.mostInside == 1 && !$0.grant.isRevoked)
        }
    }

    @Test func `a token that is due soon is given out while its successor is fetched beside`() async throws {
        let stage = try await TokenStage()
        let server = StrictServer()
        let record = try await stage.connect()
        let keeper = stage.keeper(server)
        stage.clock.advance(seconds: 3_400)
        #expect(try await stage.token(record.use, by: keeper) == "a1")
        while try await stage.tokens(record).generation == 1 { await Task.yield() }
        #expect(try await stage.token(record.use, by: keeper) == "a2")
    }

    @Test func `what the provider refused is renewed once, however many were refused`() async throws {
        let stage = try await TokenStage()
        let server = StrictServer()
        let record = try await stage.connect()
        let keeper = stage.keeper(server)
        let tokens = try await withThrowingTaskGroup { group in
            for _ in 0..<200 { group.addTask { try await stage.token(record.use, by: keeper, rejecting: 1) } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(tokens == ["a2"])
        #expect(try await stage.token(record.use, by: keeper, rejecting: 1) == "a2")
        #expect(try await stage.token(record.use, by: stage.keeper(server), rejecting: 1) == "a2")
        #expect(server.state.withLock(\.asked) == 1)
    }

    @Test func `an attempt is on record before anything is sent, and tokens are before anybody sees them`() async throws
    {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        let server = StrictServer(arrived: {
            let tokens = try? await stage.store.tokens(of: record.id)
            #expect(tokens?.attempted != nil && tokens?.lease != nil)
            let changes = try? await stage.changes()
            #expect(changes?.last == "tokens.asked")
        })
        stage.clock.advance(seconds: 4_000)
        let commits = StubbornCommits(stage.store)
        #expect(try await stage.token(record.use, by: stage.keeper(server, commits: commits)) == "a2")
        #expect(commits.refused == 3)
        #expect(try await stage.changes().suffix(2) == ["tokens.asked", "tokens.renewed"])
        #expect(server.state.withLock(\.asked) == 1)
    }

    @Test func `an answer may leave out the refresh token, the scopes and the lifetime`() async throws {
        let stage = try await TokenStage()
        let server = StrictServer(lifetime: nil)
        let record = try await stage.connect()
        let keeper = stage.keeper(server)
        server.fail(.leavesOutRefreshToken)
        #expect(try await stage.token(record.use, by: keeper, rejecting: 1) == "a2")
        let tokens = try await stage.tokens(record)
        #expect(tokens.generation == 2 && tokens.expires == nil && tokens.refresh != nil)
        stage.clock.advance(seconds: 5)
        #expect(try await stage.token(record.use, by: keeper, rejecting: 2) == "a3")
        #expect(try await stage.store.connection(record.id)?.scopes == ["read"])
    }

    @Test func `fewer scopes are kept, and whoever decided with the old ones decides again`() async throws {
        let stage = try await TokenStage()
        let server = StrictServer()
        let record = try await stage.connect()
        let scope = EpochScope.connections(TokenStage.acme, record.owner, record.provider)
        let before = stage.store.epoch(of: scope)
        server.fail(.grants([]))
        _ = try await stage.token(record.use, by: stage.keeper(server), rejecting: 1)
        #expect(try await stage.store.connection(record.id)?.scopes == [])
        #expect(stage.store.epoch(of: scope) == before + 1)
    }

    @Test func `a renewal alone leaves permits as they are`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        let scope = EpochScope.connections(TokenStage.acme, record.owner, record.provider)
        let before = stage.store.epoch(of: scope)
        _ = try await stage.token(record.use, by: stage.keeper(StrictServer()), rejecting: 1)
        #expect(stage.store.epoch(of: scope) == before)
        #expect(try await stage.store.connection(record.id)?.use == record.use)
    }

    @Test func `nothing of a token is in the ledger`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        _ = try await stage.token(record.use, by: stage.keeper(StrictServer()), rejecting: 1)
        let records = try await stage.store.records(of: .organization(TokenStage.acme), from: 0, limit: 100)
        let text = records.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
        for secret in ["\"a1\"", "\"a2\"", "\"r1\"", "\"r2\"", "app-secret"] { #expect(!text.contains(secret)) }
    }

    @Test func `what is due is renewed by itself`() async throws {
        let stage = try await TokenStage()
        let server = StrictServer()
        let record = try await stage.connect()
        let keeper = stage.keeper(server)
        #expect(try await keeper.renewDue() == 0)
        stage.clock.advance(seconds: 3_400)
        #expect(try await keeper.renewDue() == 1)
        #expect(try await stage.tokens(record).generation == 2)
        #expect(try await keeper.renewDue() == 0)
    }

    @Test func `what another gateway renewed since the list was made isn't renewed again`() async throws {
        let stage = try await TokenStage()
        let server = StrictServer()
        let record = try await stage.connect()
        let keeper = stage.keeper(server, reading: OldList(inner: stage.store, due: [record.id]))
        #expect(try await keeper.renewDue() == 1)
        #expect(server.state.withLock(\.asked) == 0)
    }
}

/// A store whose list of what is due was made before others renewed it.
private struct OldList: TokenSetStore, ConnectionStore {
    let inner: MemoryStore
    let due: [ConnectionID]

    func tokensDue(by time: Timestamp, limit: Int) async throws -> [ConnectionID] { due }
    func tokens(of connection: ConnectionID) async throws -> TokenSet? { try await inner.tokens(of: connection) }
    func tokens(in organization: OrganizationID, of owner: Owner?) async throws -> [TokenSet] { [] }
    func tokens(
        in organization: OrganizationID, after: ConnectionID?, through last: ConnectionID?
    ) async throws -> [TokenSet] { [] }
    func connection(_ id: ConnectionID) async throws -> ConnectionRecord? { try await inner.connection(id) }
    func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [ConnectionRecord] { [] }
    func connections(in organization: OrganizationID, of owner: Owner?) async throws -> [ConnectionRecord] { [] }
    func connections(
        in organization: OrganizationID, after: ConnectionID?, limit: Int
    ) async throws -> [ConnectionRecord] { [] }
    func choices(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [AccountChoice] { [] }
    func choices(in organization: OrganizationID) async throws -> [AccountChoice] { [] }
}

/// A store that refuses the first three writings of new tokens.
private final class StubbornCommits: Commits {
    private let inner: MemoryStore
    private let count = Mutex(0)

    init(_ inner: MemoryStore) {
        self.inner = inner
    }

    var refused: Int { count.withLock { $0 } }

    func commit(_ transaction: Transaction) async throws(CommitError) {
        let isRenewal = transaction.changes.contains { if case TokenSetChange.renew = $0 { true } else { false } }
        if isRenewal, count.withLock({ $0 < 3 }) {
            count.withLock { $0 += 1 }
            throw .unavailable("full")
        }
        try await inner.commit(transaction)
    }

    func submit(_ transaction: Transaction) { inner.submit(transaction) }
    func epoch(of scope: EpochScope) -> Int64 { inner.epoch(of: scope) }
    func knownEpoch(of scope: EpochScope) -> Int64? { inner.knownEpoch(of: scope) }
}
