import Authority
import Foundation
import GRDB
import Gate
import Glibc
import Synchronization

/// The embedded database: SQLite in WAL mode, durable at every commit, held by one process.
final class SQLiteDriver: Driver {
    private struct State {
        /// The log still holds a secret that was destroyed.
        var owesTruncation = false
        var isTruncationPlanned = false
        var isClosed = false
    }

    let pool: DatabasePool
    /// For what is found by a key: a few microseconds, without a change of thread.
    private let finder: DatabaseQueue
    let memory = StoreMemory()
    /// Nil when whoever opened the store holds the home.
    private let lock: HomeLock?
    private let state = Mutex(State())

    /// - Throws: `StorageError` when it can't be opened, wouldn't be durable, or its schema isn't one that this version
    ///   knows.
    init(path: String, _ settings: StoreSettings, lock: HomeLock?) throws(StorageError) {
        do {
            try SQLiteDriver.makePrivate(path)
            pool = try DatabasePool(path: path, configuration: SQLiteDriver.configuration)
            try SQLiteDriver.makeDurable(pool, settings)
            try SQLiteDriver.migrate(pool, settings.migrations)
            finder = try DatabaseQueue(path: path, configuration: SQLiteDriver.readOnly)
            self.lock = lock
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(
                .unreadable, "`\(path)` can't be opened: \((error as? DatabaseError)?.message ?? "\(error)")",
                hint: "restore it from a backup if it is damaged")
        }
    }

    func rows(_ query: Query, _ values: [SQLValue]) async throws -> [Row] {
        // One statement sees one state by itself.
        try await pool.unsafeRead { try SQLiteSession(db: $0).fetch(query, values) }
    }

    func find(_ query: Query, _ values: [SQLValue]) async throws -> Row? {
        try found(query, values)
    }

    private func found(_ query: Query, _ values: [SQLValue]) throws -> Row? {
        try finder.unsafeRead { try SQLiteSession(db: $0).fetch(query, values).first }
    }

    var gateway: Int64 { 0 }

    func goneGateways() async throws -> [Int64] { [0] }

    func leads(_ job: String) async throws -> Bool { true }

    private static let ready = Query(
        "SELECT record FROM approvals WHERE is_ready = 1 ORDER BY created, id LIMIT $1")

    func claimReady(limit: Int) async throws -> [Row] {
        try await rows(SQLiteDriver.ready, [.integer(Int64(limit))])
    }

    func claim(_ queue: WorkQueue, at now: Timestamp, each: Int, limit: Int) async throws -> [Row] {
        try await rows(queue.due, [.integer(now.microseconds), .integer(Int64(each)), .integer(Int64(limit))])
    }

    func snapshot<Answer: Sendable>(
        _ body: @escaping @Sendable (any Session) async throws -> Answer
    ) async throws -> Answer {
        try await pool.read { db in
            let session = SQLiteSession(db: db)
            return try Inline.run { try await body(session) }
        }
    }

    func write(_ query: Query, _ values: [SQLValue]) async throws {
        try await pool.write { try SQLiteSession(db: $0).execute(query, values) }
    }

    /// Each group queues for the writer anew, so that a checkpoint gets its turn under any load.
    func commit(_ group: [Transaction]) async -> GroupOutcome {
        do {
            return try await pool.writeWithoutTransaction { [self] db in
                let applied: Applied
                do {
                    applied = try apply(group, .together, db)
                } catch is SQLiteSession.Redo {
                    applied = try apply(group, .apart, db)
                }
                memory.take(over: applied.changes)
                if applied.changes.hasShredded {
                    state.withLock { $0.owesTruncation = true }
                    truncateLog(db)
                }
                return GroupOutcome(results: applied.results, isWritable: true)
            }
        } catch {
            // Nothing of the group is durable: nobody may be told otherwise.
            let failure = CommitError(storing: error)
            return GroupOutcome(results: group.map { _ in .failure(failure) }, isWritable: false)
        }
    }

    private struct Applied {
        var results: [Result<Void, CommitError>] = []
        var changes = MemoryChanges()
    }

    private func apply(_ group: [Transaction], _ mode: SQLiteSession.Mode, _ db: Database) throws -> Applied {
        var applied = Applied()
        let session = SQLiteSession(db: db, mode: mode)
        let memory = memory
        try db.inTransaction(.immediate) {
            applied = try Inline.run {
                var writer = TransactionWriter(session: session, memory: memory)
                var results: [Result<Void, CommitError>] = []
                results.reserveCapacity(group.count)
                for transaction in group { results.append(try await writer.apply(transaction)) }
                try await writer.writeTrees()
                return Applied(results: results, changes: writer.changes)
            }
            return .commit
        }
        return applied
    }

    /// Brings everything into the one file, and lets go of the home.
    func close() async throws {
        state.withLock { $0.isClosed = true }
        // The log stays when a pool closes. Everything is durable in it; emptied, the file alone is the whole store.
        try? finder.close()
        try? await pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try pool.close()
        lock?.release()
    }

    /// Overwrites what a destroyed secret left in the database file, and empties the log. While somebody reads an older
    /// state that can't be done, and is tried again after the next group; closing the store does it too.
    private func truncateLog(_ db: Database) {
        // A reader of a moment is waited for; a long one, such as a backup, holds up nobody.
        try? db.execute(sql: "PRAGMA busy_timeout = 50")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = 5000") }
        if (try? db.checkpoint(.truncate)) != nil {
            state.withLock { $0.owesTruncation = false }
        } else {
            tryAgainLater()
        }
    }

    private func tryAgainLater() {
        let isFirst = state.withLock { state in
            defer { state.isTruncationPlanned = true }
            return !state.isTruncationPlanned && !state.isClosed
        }
        guard isFirst else { return }
        Task { [self] in
            try? await Task.sleep(for: .seconds(1))
            guard state.withLock({ !$0.isClosed }) else { return }
            pool.asyncWriteWithoutTransaction { [self] db in
                let owes = state.withLock { state in
                    state.isTruncationPlanned = false
                    return state.owesTruncation && !state.isClosed
                }
                if owes { truncateLog(db) }
            }
        }
    }
}
