public import Authority
import Foundation
import GRDB
public import Gate
import Wire

extension SQLiteStore: NoticeStore {
    private static let open = Query("SELECT record FROM notices WHERE is_open = 1 ORDER BY created, id")
    private static let settledSince = Query("SELECT record FROM notices WHERE settled >= $1 ORDER BY settled, id")
    private static let counts = Query("SELECT state, count(*) AS number FROM notices GROUP BY state")

    public func openNotices() async throws -> [QueuedNotice] {
        try await pool.read { try SQLiteStore.open.rows($0).map(SQLiteStore.notice) }
    }

    public func notices(settledSince time: Timestamp) async throws -> [QueuedNotice] {
        try await pool.read { try SQLiteStore.settledSince.rows($0, [time.microseconds]).map(SQLiteStore.notice) }
    }

    public func noticeCounts() async throws -> [NoticeState: Int] {
        try await pool.read { db in
            var counts: [NoticeState: Int] = [:]
            for row in try SQLiteStore.counts.rows(db) {
                guard let state = NoticeState(rawValue: row["state"]) else {
                    throw StorageError(.corrupt, "a notice can't be read")
                }
                counts[state] = row["number"]
            }
            return counts
        }
    }

    public func noticeSettings() async throws -> [UInt8]? { try await value(NoticeSettingsRow.name) }

    @Sendable private static func notice(_ row: Row) throws -> QueuedNotice {
        guard let notice = QueuedNotice(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
            throw StorageError(.corrupt, "a notice can't be read")
        }
        return notice
    }
}
