import GRDB
import Gate

/// SQLite's one writer, or one of its readers, inside a transaction. Used on the thread that GRDB gave it, and on no
/// other: `Inline` sees to that.
struct SQLiteSession: Session {
    nonisolated(unsafe) let db: Database
    var mode = Mode.apart
    let gateway: Int64 = 0

    enum Mode: Sendable {
        /// Nothing of a group is taken back by itself: when one of its transactions fails, the group is run again, apart.
        case together
        /// Each transaction between savepoints.
        case apart
    }

    /// A transaction of a group that is run together failed.
    struct Redo: Error {}

    func run(_ query: Query, _ values: [any Storable]) async throws { try execute(query, values.bound()) }

    func rows(_ query: Query, _ values: [any Storable]) async throws -> [Row] { try fetch(query, values.bound()) }

    func expectRow(_ query: Query, _ values: [any Storable], orElse failure: CommitError) async throws {
        do {
            if try fetch(query, values.bound()).isEmpty { throw failure }
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
            throw failure
        }
    }

    private static let begin = Query("SAVEPOINT one")
    private static let keep = Query("RELEASE SAVEPOINT one")
    private static let undo = Query("ROLLBACK TO SAVEPOINT one")

    func begin() async throws {
        if mode == .apart { try execute(SQLiteSession.begin, []) }
    }

    func keep() async throws {
        if mode == .apart { try execute(SQLiteSession.keep, []) }
    }

    func undo(after error: any Error) async throws {
        guard mode == .apart else { throw Redo() }
        // After a full disk, say, SQLite has rolled back everything: what was applied before is gone as well.
        guard db.isInsideTransaction else { throw error }
        try execute(SQLiteSession.undo, [])
        try execute(SQLiteSession.keep, [])
    }

    func execute(_ query: Query, _ values: [SQLValue]) throws {
        try SQLiteStatement(query.sql, in: db).run(values)
    }

    func fetch(_ query: Query, _ values: [SQLValue]) throws -> [Row] { try fetch(query.sql, values) }

    func fetch(_ sql: String, _ values: [SQLValue]) throws -> [Row] {
        let statement = try SQLiteStatement(sql, in: db)
        let columns = statement.columns
        var rows: [Row] = []
        try statement.run(values) { raw in
            rows.append(
                Row(columns: columns, values: columns.indices.map { SQLiteStatement.value(raw, Int32($0)) }))
        }
        return rows
    }
}
