import Authority
import Gate

/// Schedules and their runs in memory.
struct SchedulesState: Sendable {
    var records: [ScheduleID: ScheduleRecord] = [:]
    var runs: [RunID: ScheduleRun] = [:]

    mutating func apply(_ change: ScheduleChange) throws(CommitError) {
        switch change {
        case .set(let organization, let agent, let given):
            for old in records.values
            where old.organization == organization && old.agent == agent && !given.contains(where: { $0.id == old.id })
            {
                records[old.id] = nil
            }
            for var record in given where records[record.id]?.definition != record.definition {
                record.revision = records[record.id].map { $0.revision + 1 } ?? record.revision
                records[record.id] = record
            }
        case .replace(var record):
            guard records[record.id]?.revision == record.revision else { throw .exists(record.id.raw) }
            record.revision += 1
            records[record.id] = record
        case .pause(let organization, let author, let reason):
            for var record in records.values
            where record.organization == organization && record.author == author && record.state == .active {
                record.state = .paused
                record.reason = reason
                record.revision += 1
                records[record.id] = record
            }
        case .begin(let run):
            let isKnown = runs.values.contains {
                $0.id == run.id || $0.schedule == run.schedule && $0.due == run.due
            }
            if isKnown { throw .exists(run.id.raw) }
            runs[run.id] = run
        case .end(let run):
            guard runs[run.id].map({ $0.ended == nil }) ?? false else { throw .exists(run.id.raw) }
            runs[run.id] = run
        case .prune(let time): runs = runs.filter { !($0.value.began < time && $0.value.ended != nil) }
        }
    }
}
