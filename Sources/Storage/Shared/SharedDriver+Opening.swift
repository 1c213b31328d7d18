import Foundation
import PostgreSQL

extension SharedDriver {
    /// Connects, brings the schema up to date and takes a lease.
    ///
    /// - Throws: `StorageError` when the database can't be reached, wouldn't be durable, or its schema isn't one that this
    ///   version knows.
    static func open(
        _ url: DatabaseURL, name: String, _ settings: StoreSettings, holding hold: HomeLock? = nil
    ) async throws(StorageError) -> SharedDriver {
        let known = KnownNumbers()
        let pool = PostgreSQLPool(url, maximum: settings.connections, pooling) { connection in
            try await checkDurable(connection)
            try await known.check(connection)
        }
        do {
            try await patiently(url) { try await migrate($0, settings.migrations) }
            let lease = try await Lease.take(named: name, at: hold?.place, in: url)
            try await pool.withConnection { try await known.begin($0) }
            return SharedDriver(url, pool: pool, lease: lease, holding: hold, known: known)
        } catch {
            await pool.close()
            throw switch error {
            case let error as StorageError: error
            case let error as PostgreSQLError: StorageError(database: error)
            default: StorageError(.unreachable, "the database can't be used")
            }
        }
    }

    /// A gateway that stops in the middle of a commit, and neither dies nor goes on, holds its organizations' sequencers:
    /// the server takes them away from it.
    ///
    /// A server that says nothing for longer than anybody may hold what others wait for is given up.
    static var pooling: PoolSettings {
        var settings = PoolSettings()
        settings.session.connectLimit = .seconds(5)
        settings.session.idleInTransactionLimit = .seconds(10)
        settings.session.silenceLimit = .seconds(15)
        return settings
    }

    /// A session for what takes as long as it takes.
    static func patiently<Value>(
        _ url: DatabaseURL, _ body: (PostgreSQLConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await PostgreSQLConnection.connect(url)
        do {
            try await checkDurable(connection)
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func checkDurable(_ connection: PostgreSQLConnection) async throws {
        let answer = try await connection.query(
            """
            SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('server_encoding'),
            CAST(current_setting('server_version_num') AS BIGINT), pg_is_in_recovery()
            """)
        guard let row = answer.rows.first, row[0] == .text("on"), row[1] != .text("off") else {
            throw StorageError(
                .notDurable, "the database isn't durable: `fsync` or `synchronous_commit` is off",
                hint: "switch both on in the server's configuration")
        }
        guard row[2] == .text("UTF8") else {
            throw StorageError(
                .otherDatabase, "the database isn't in UTF-8", hint: "make it with `createdb --encoding UTF8`")
        }
        guard case .integer(let version) = row[3], version >= 130_000 else {
            throw StorageError(.otherDatabase, "the database's server is older than PostgreSQL 13")
        }
        guard row[4] == .integer(0) else {
            throw StorageError(
                .otherDatabase, "the database is a standby, which takes no writes", hint: "name the primary")
        }
    }

    /// All in one transaction, under a lock of its own, so that gateways that start together don't cross.
    private static func migrate(_ connection: PostgreSQLConnection, _ all: [Migrations.Migration]) async throws {
        try connection.send("BEGIN")
        _ = try await connection.query("SELECT 1 FROM pg_advisory_xact_lock(\(advisoryLock))")
        try await checkUnused(connection)
        try connection.send(translated(Migrations.table))
        let done = Row.rows(try await connection.query(Migrations.done.sql))
        for migration in try Migrations.missing(of: all, after: done) {
            for statement in migration.statements + migration.shared { try connection.send(translated(statement)) }
            try connection.send(Migrations.note.sql, try migration.values(at: Date()).bound().map(\.parameter))
        }
        try await connection.execute("COMMIT")
    }

    /// A table of somebody else's; not one that an extension brought.
    private static let strangeTable = """
        SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = CAST(current_schema() AS regnamespace)
        AND to_regclass('sequencers') IS NULL AND NOT EXISTS (
        SELECT 1 FROM pg_depend WHERE classid = CAST('pg_class' AS regclass) AND objid = pg_class.oid AND deptype = 'e')
        ORDER BY relname LIMIT 1
        """

    private static func checkUnused(_ connection: PostgreSQLConnection) async throws {
        let answer = try await connection.query("SELECT CAST(relname AS TEXT) FROM (\(strangeTable)) AS strange")
        guard case .text(let name)? = answer.rows.first?.first else { return }
        throw StorageError(
            .otherDatabase, "the database isn't empty: it has a table `\(name)`",
            hint: "name a database that nothing uses")
    }

    /// "deputy", as a number.
    private static let advisoryLock = 0x6465_7075_7479

    /// Migrations are written in SQLite's names of types. Texts compare by their bytes, as they do there, whatever the
    /// database's own collation.
    static func translated(_ statement: String) -> String {
        statement.replacing(/\bBLOB\b/, with: "BYTEA").replacing(/\bTEXT\b/, with: #"TEXT COLLATE "C""#)
    }
}
