import Authority
import Gate

enum SessionRow {
    static let select = Query("SELECT labels, last_used, began FROM sessions WHERE key = $1")
    static let list = Query(
        "SELECT key, labels, last_used, began FROM sessions WHERE organization = $1 ORDER BY last_used DESC, key LIMIT $2"
    )

    static func session(_ row: Row) throws -> StoredSession {
        guard let key = SessionKey(raw: try row["key"]) else { throw StorageError(.corrupt, "a session can't be read") }
        return StoredSession(key: key, state: try state(row))
    }

    static func state(_ row: Row) throws -> SessionState {
        try SessionState(
            labels: try Labels(stored: row["labels"]), lastUsed: Timestamp(microseconds: row["last_used"]),
            began: Timestamp(microseconds: row["began"]))
    }
}
