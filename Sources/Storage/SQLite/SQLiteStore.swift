import Foundation
import GRDB
import Gate
import Glibc

/// The embedded store: SQLite in WAL mode, durable at every commit, held by one process.
///
/// Many callers' transactions share one durable commit. There is no timer: a commit starts when the one before it ends,
/// with everything that has gathered meanwhile.
public final class SQLiteStore: Sendable {
    let pool: DatabasePool
    let queue: CommitQueue
    /// Nil when whoever opened the store holds the home.
    private let lock: HomeLock?

    private init(pool: DatabasePool, lock: HomeLock?, queue: CommitQueue) {
        self.pool = pool
        self.lock = lock
        self.queue = queue
    }

    /// Opens the store, brings its schema up to date and holds it until it is closed.
    ///
    /// The file is made if there is none, readable by its owner alone.
    ///
    /// - Parameter onLostWrite: told when a queued outcome of a read couldn't be written.
    /// - Throws: `StorageError` when another process holds it, when it wouldn't be durable, or when its schema isn't one
    ///   that this version knows.
    public static func open(
        at path: String, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLiteStore {
        try open(at: path, StoreSettings(), onLostWrite: onLostWrite)
    }

    /// Opens the store of a home that the caller holds, and takes that over.
    public static func open(
        at path: String, takingOver hold: HomeLock, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLiteStore {
        try open(at: path, StoreSettings(), lock: hold, onLostWrite: onLostWrite)
    }

    /// Opens the store of a home that the caller holds, and goes on holding.
    public static func open(
        at path: String, under held: HomeLock, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLiteStore {
        try open(at: path, StoreSettings(), lock: nil, onLostWrite: onLostWrite)
    }

    static func open(
        at path: String, _ settings: StoreSettings, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLiteStore {
        try open(at: path, settings, lock: try HomeLock(database: path), onLostWrite: onLostWrite)
    }

    private static func open(
        at path: String, _ settings: StoreSettings, lock: HomeLock?, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLiteStore {
        do {
            try makePrivate(path)
            let pool = try DatabasePool(path: path, configuration: configuration)
            try makeDurable(pool, settings)
            try Migrations.run(settings.migrations, on: pool)
            let epochs = try pool.read { db in
                try Row.fetchAll(db, sql: "SELECT scope, value FROM epochs").map {
                    ($0["scope"] as String, $0["value"] as Int64)
                }
            }
            let queue = CommitQueue(
                pool: pool, epochs: Dictionary(uniqueKeysWithValues: epochs), bound: settings.waiting,
                onLostWrite: onLostWrite)
            return SQLiteStore(pool: pool, lock: lock, queue: queue)
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(
                .unreadable, "`\(path)` can't be opened: \((error as? DatabaseError)?.message ?? "\(error)")",
                hint: "restore it from a backup if it is damaged")
        }
    }

    /// Before SQLite opens it: the files that SQLite puts beside it get the mode that this one has then.
    private static func makePrivate(_ path: String) throws {
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw StorageError(.unreadable, "`\(path)` can't be opened") }
        defer { Glibc.close(file) }
        guard fchmod(file, 0o600) == 0 else {
            throw StorageError(.unreadable, "`\(path)` can't be closed to others", hint: "make yourself its owner")
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        return configuration
    }

    /// GRDB sets `synchronous = NORMAL` when it opens a pool, which a power cut can undo. So it is set after that, read
    /// back, and without it nothing starts.
    private static func makeDurable(_ pool: DatabasePool, _ settings: StoreSettings) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = \(settings.synchronous)")
            if let pages = settings.maximumPages { try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
            let level = try Int.fetchOne(db, sql: "PRAGMA synchronous")
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            guard level == 2, mode == "wal" else {
                throw StorageError(
                    .notDurable,
                    "the store isn't durable: synchronous is \(level ?? -1), journal mode is \(mode ?? "none")",
                    hint: "keep the home on a local disk")
            }
        }
    }

    /// Turns new writers away, waits for those that are queued, brings everything into the one file, and lets go of the
    /// home.
    public func close() async throws {
        await queue.close()
        // The log stays when a pool closes. Everything is durable in it; emptied, the file alone is the whole store.
        try? await pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try pool.close()
        lock?.release()
    }

    /// Whether commits succeed at all. The last one that failed for the store's own sake makes it false.
    public var isWritable: Bool { queue.isWritable }

    /// How many durable commits there were since opening. One may hold many transactions.
    public var groups: Int { queue.groups }
}
