import Foundation
import GRDB
import GRDBSQLite
import Gate

/// SQLite's one writer, or one of its readers, inside a transaction. Used on the thread that GRDB gave it, and on no
/// other: `Inline` sees to that.
struct SQLiteSession: Session {
    nonisolated(unsafe) let db: Database
    let gateway: Int64 = 0

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

    func begin() async throws { try execute(SQLiteSession.begin, []) }

    func keep() async throws { try execute(SQLiteSession.keep, []) }

    func undo(after error: any Error) async throws {
        // After a full disk, say, SQLite has rolled back everything: what was applied before is gone as well.
        guard db.isInsideTransaction else { throw error }
        try execute(SQLiteSession.undo, [])
        try execute(SQLiteSession.keep, [])
    }

    func execute(_ query: Query, _ values: [SQLValue]) throws {
        try db.cachedStatement(sql: query.sql).execute(arguments: SQLiteSession.arguments(values))
    }

    func fetch(_ query: Query, _ values: [SQLValue]) throws -> [Row] { try fetch(query.sql, values) }

    func fetch(_ sql: String, _ values: [SQLValue]) throws -> [Row] {
        let statement = try db.cachedStatement(sql: sql)
        let cursor = try GRDB.Row.fetchCursor(statement, arguments: SQLiteSession.arguments(values))
        let columns = statement.columnNames
        var rows: [Row] = []
        while try cursor.next() != nil {
            rows.append(
                Row(
                    columns: columns,
                    values: columns.indices.map { SQLiteSession.value(statement.sqliteStatement, Int32($0)) }))
        }
        return rows
    }

    /// Read from SQLite itself: through GRDB's `Data` every record of the ledger would be copied twice.
    private static func value(_ statement: OpaquePointer, _ column: Int32) -> SQLValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(statement, column) else { return .null }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let count = Int(sqlite3_column_bytes(statement, column))
            guard count > 0, let bytes = sqlite3_column_blob(statement, column) else { return .bytes([]) }
            return .bytes(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }

    // The array stays one of optional existentials because GRDB's initialiser for other sequences makes a key path at
    // each call, which was a fifth of a commit's CPU time.
    private static func arguments(_ values: [SQLValue]) -> StatementArguments {
        let bound: [(any DatabaseValueConvertible)?] = values.map { value in
            switch value {
            case .null: DatabaseValue.null
            case .integer(let number): number.databaseValue
            case .text(let text): text.databaseValue
            case .bytes(let bytes): Data(bytes).databaseValue
            }
        }
        return StatementArguments(bound)
    }
}
