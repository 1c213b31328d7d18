import Authority
import Gate
import Wire

extension TransactionWriter {
    private static let own = Query("SELECT * FROM schedules WHERE organization = $1 AND agent = $2")
    private static let drop = Query("DELETE FROM schedules WHERE id = $1")
    private static let set = Query(
        """
        INSERT INTO schedules (id, organization, agent, name, definition, author, state, reason, since, next, failures,
          revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, author = excluded.author,
          state = excluded.state, reason = excluded.reason, since = excluded.since, next = excluded.next,
          failures = excluded.failures, revision = schedules.revision + 1
        """)
    private static let replace = Query(
        """
        UPDATE schedules SET author = $1, state = $2, reason = $3, since = $4, next = $5, failures = $6,
          revision = revision + 1 WHERE id = $7 AND revision = $8 RETURNING id
        """)
    private static let pause = Query(
        """
        UPDATE schedules SET state = 'paused', reason = $1, revision = revision + 1
        WHERE organization = $2 AND author = $3 AND state = 'active'
        """)
    private static let begin = Query(
        """
        INSERT INTO schedule_runs (id, schedule, organization, due, began, message, ended, outcome, reason, turn, calls)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let end = Query(
        """
        UPDATE schedule_runs SET ended = $1, outcome = $2, reason = $3, turn = $4, calls = $5
        WHERE id = $6 AND ended IS NULL RETURNING id
        """)
    private static let forget = Query("DELETE FROM schedule_runs WHERE began < $1 AND ended IS NOT NULL")

    func apply(schedule change: ScheduleChange) async throws {
        switch change {
        case .set(let organization, let agent, let records):
            let known = try await session.rows(TransactionWriter.own, [organization.raw, agent.raw])
                .map(ScheduleRecord.init(row:))
            for old in known where !records.contains(where: { $0.id == old.id }) {
                try await session.run(TransactionWriter.drop, [old.id.raw])
            }
            for record in records
            where !known.contains(where: { $0.id == record.id && $0.definition == record.definition }) {
                try await session.run(TransactionWriter.set, record.values)
            }
        case .replace(let record):
            try await mustChange(
                TransactionWriter.replace,
                [
                    record.author.raw, record.state.rawValue, record.reason, record.set.microseconds,
                    record.next?.microseconds, record.failures, record.id.raw, record.revision,
                ], record.id.raw)
        case .pause(let organization, let author, let reason):
            try await session.run(TransactionWriter.pause, [reason, organization.raw, author.raw])
        case .begin(let run):
            try await mustChange(
                TransactionWriter.begin,
                [
                    run.id.raw, run.schedule.raw, run.organization.raw, run.due.microseconds, run.began.microseconds,
                    run.message, run.ended?.microseconds, run.outcome?.rawValue, run.reason, run.turn, run.calls.text,
                ], run.id.raw)
        case .end(let run):
            try await mustChange(
                TransactionWriter.end,
                [
                    run.ended?.microseconds, run.outcome?.rawValue, run.reason, run.turn, run.calls.text, run.id.raw,
                ], run.id.raw)
        case .prune(let time): try await session.run(TransactionWriter.forget, [time.microseconds])
        }
    }
}
