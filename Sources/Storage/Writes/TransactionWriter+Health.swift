import Authority
import Broker
import Gate
import Wire

extension TransactionWriter {
    private static let mark = Query(
        """
        INSERT INTO health_marks (organization, subject, state, cause, code, at, record)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (organization, subject) DO UPDATE SET state = excluded.state, cause = excluded.cause,
        code = excluded.code, at = excluded.at, record = excluded.record
        """)
    private static let markOnce = Query(
        """
        INSERT INTO health_marks (organization, subject, state, cause, code, at, record)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (organization, subject) DO UPDATE SET state = excluded.state, cause = excluded.cause,
        code = excluded.code, at = excluded.at, record = excluded.record
        WHERE health_marks.state <> excluded.state OR health_marks.cause <> excluded.cause
        OR health_marks.code <> excluded.code RETURNING subject
        """)
    private static let addEvent = Query(
        """
        INSERT INTO health_events (id, at, record, is_untold, is_unsent, message, attempts, due)
        VALUES ($1, $2, $3, 1, 1, NULL, 0, $2)
        """)
    private static let told = Query("UPDATE health_events SET is_untold = 0 WHERE id = $1")
    private static let sending = Query(
        "UPDATE health_events SET message = $1, attempts = health_events.attempts + 1, due = $2 WHERE id = $3")
    private static let sent = Query("UPDATE health_events SET is_unsent = 0 WHERE id = $1")
    private static let secretEnds = Query(
        """
        INSERT INTO secret_ends (organization, subject, provider, ends, said, every) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (organization, subject) DO UPDATE SET provider = excluded.provider, ends = excluded.ends,
        said = excluded.said, every = excluded.every
        """)
    private static let secretEndless = Query("DELETE FROM secret_ends WHERE organization = $1 AND subject = $2")
    private static let pruneEvents = Query(
        "DELETE FROM health_events WHERE at < $1 AND is_untold = 0 AND is_unsent = 0")

    func apply(health change: HealthChange) async throws {
        switch change {
        case .turn(let event):
            try await session.run(TransactionWriter.mark, event.row)
            try await add(event)
        case .turnOnce(let event):
            try await mustChange(TransactionWriter.markOnce, event.row, event.subject.text)
            try await add(event)
        case .told(let ids):
            for id in ids { try await session.run(TransactionWriter.told, [id]) }
        case .sending(let ids, let message, let due):
            for id in ids { try await session.run(TransactionWriter.sending, [message, due.microseconds, id]) }
        case .sent(let ids):
            for id in ids { try await session.run(TransactionWriter.sent, [id]) }
        case .ends(let end):
            try await session.run(
                TransactionWriter.secretEnds,
                [
                    end.organization.raw, end.subject.text, end.provider.raw, end.ends.microseconds,
                    end.said?.microseconds, end.every,
                ])
        case .endless(let subject, let organization):
            try await session.run(TransactionWriter.secretEndless, [organization.raw, subject.text])
        case .prune(let time): try await session.run(TransactionWriter.pruneEvents, [time.microseconds])
        }
    }

    private func add(_ event: HealthEvent) async throws {
        try await session.run(TransactionWriter.addEvent, [event.id, event.at.microseconds, event.json.text])
    }
}

extension HealthEvent {
    fileprivate var row: [any Storable] {
        [
            organization.raw, subject.text, standing.state.rawValue, standing.cause.rawValue, standing.code ?? "",
            at.microseconds, json.text,
        ]
    }
}
