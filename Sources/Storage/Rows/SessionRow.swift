import Authority
import GRDB
import Gate

enum SessionRow {
    static let select = Query("SELECT labels, last_used FROM sessions WHERE key = $1")

    static func state(_ row: Row) throws -> SessionState {
        SessionState(
            labels: try Labels(stored: row["labels"]), lastUsed: Timestamp(microseconds: row["last_used"]))
    }
}
