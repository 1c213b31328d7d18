public import Authority
public import Gate
import Wire

extension SQLStore: NoticeStore {
    private static let open = Query("SELECT record FROM notices WHERE is_open = 1 ORDER BY created, id")
    private static let settledSince = Query("SELECT record FROM notices WHERE settled >= $1 ORDER BY settled, id")
    private static let counts = Query("SELECT state, count(*) AS number FROM notices GROUP BY state")

    public func sendsNotices() async throws -> Bool { try await leads("notices") }

    public func openNotices() async throws -> [QueuedNotice] {
        try await rows(SQLStore.open).map(SQLStore.notice)
    }

    public func notices(settledSince time: Timestamp) async throws -> [QueuedNotice] {
        try await rows(SQLStore.settledSince, [time.microseconds]).map(SQLStore.notice)
    }

    public func noticeCounts() async throws -> [NoticeState: Int] {
        var counts: [NoticeState: Int] = [:]
        for row in try await rows(SQLStore.counts) {
            guard let state = NoticeState(rawValue: try row["state"]) else {
                throw StorageError(.corrupt, "a notice can't be read")
            }
            counts[state] = try row["number"]
        }
        return counts
    }

    public func noticeSettings() async throws -> [UInt8]? { try await value(NoticeSettingsRow.name) }

    @Sendable private static func notice(_ row: Row) throws -> QueuedNotice {
        guard let notice = QueuedNotice(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
            throw StorageError(.corrupt, "a notice can't be read")
        }
        return notice
    }
}
