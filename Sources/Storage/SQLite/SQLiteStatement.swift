import GRDB
import GRDBSQLite

/// A statement that GRDB keeps prepared, bound and stepped through SQLite itself: GRDB's own values, arguments and cursors
/// took longer than SQLite's work.
struct SQLiteStatement {
    private let sql: String
    private let statement: Statement
    private let db: Database

    init(_ sql: String, in db: Database) throws {
        self.sql = sql
        self.db = db
        statement = try db.cachedStatement(sql: sql)
    }

    var columns: [String] { statement.columnNames }

    /// Runs it to its end.
    ///
    /// - Parameter row: reads the columns of the row that the statement stands on.
    /// - Throws: `DatabaseError`.
    func run(_ values: [SQLValue], row: (OpaquePointer) -> Void = { _ in }) throws {
        let raw = statement.sqliteStatement
        defer {
            sqlite3_reset(raw)
            sqlite3_clear_bindings(raw)
        }
        guard sqlite3_bind_parameter_count(raw) == values.count else { throw failure(SQLITE_MISUSE) }
        for (index, value) in values.enumerated() {
            let code = SQLiteStatement.bind(value, at: Int32(index + 1), of: raw)
            guard code == SQLITE_OK else { throw failure(code) }
        }
        while true {
            switch sqlite3_step(raw) {
            case SQLITE_ROW: row(raw)
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let message = db.sqliteConnection.flatMap { String(cString: sqlite3_errmsg($0)) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
    }

    /// SQLite copies what it is given before the call returns.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private static func bind(_ value: SQLValue, at index: Int32, of statement: OpaquePointer) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let number): return sqlite3_bind_int64(statement, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                guard let start = bytes.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, copied) }
                return UnsafeRawPointer(start).withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    sqlite3_bind_text(statement, index, $0, Int32(bytes.count), copied)
                }
            }
        case .bytes(let bytes):
            // A blob without an address would be NULL.
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), copied)
            }
        }
    }

    /// A column of the row that the statement stands on.
    static func value(_ statement: OpaquePointer, _ column: Int32) -> SQLValue {
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
}
