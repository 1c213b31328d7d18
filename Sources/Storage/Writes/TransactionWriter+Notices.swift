import Authority
import Broker
import Gate
import Wire

extension TransactionWriter {
    private static let add = Query(
        """
        INSERT INTO notices (id, state, is_open, created, settled, record) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let tell = Query(
        """
        INSERT INTO notices (id, state, is_open, created, settled, record) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        """)
    private static let prune = Query("DELETE FROM notices WHERE settled < $1")
    private static let replace = Query(
        """
        UPDATE notices SET state = $1, is_open = $2, settled = $3, record = $4 WHERE id = $5 AND is_open = 1 RETURNING id
        """)
    private static let settings = Query(
        """
        INSERT INTO home (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """)

    func apply(notice change: NoticeChange) async throws {
        switch change {
        case .add(let notice):
            try await mustChange(TransactionWriter.add, notice.row, notice.id.raw)
        case .tell(let notice): try await session.run(TransactionWriter.tell, notice.row)
        case .prune(let time): try await session.run(TransactionWriter.prune, [time.microseconds])
        case .replace(let notice):
            try await mustChange(
                TransactionWriter.replace,
                [
                    notice.state.rawValue, notice.state.isOpen ? 1 : 0, notice.settled?.microseconds,
                    notice.json.text, notice.id.raw,
                ], notice.id.raw)
        case .settings(let sealed):
            try await session.run(TransactionWriter.settings, [NoticeSettingsRow.name, sealed])
        }
    }
}

extension QueuedNotice {
    fileprivate var row: [any Storable] {
        [
            id.raw, state.rawValue, state.isOpen ? 1 : 0, created.microseconds, settled?.microseconds, json.text,
        ]
    }
}

enum NoticeSettingsRow {
    static let name = SealedValue.notices.rawValue
}
