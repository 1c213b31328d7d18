public import Authority
public import Gate
import Synchronization
import Turns

extension MemoryStore: ScheduleStore {
    public func schedule(_ id: ScheduleID) async throws -> ScheduleRecord? {
        state.withLock { $0.schedules.records[id] }
    }

    public func schedules(in organization: OrganizationID) async throws -> [ScheduleRecord] {
        state.withLock { state in
            state.schedules.records.values.filter { $0.organization == organization }
                .sorted { ($0.agent, $0.name) < ($1.agent, $1.name) }
        }
    }

    public func dueSchedules(at now: Timestamp, limit: Int) async throws -> [ScheduleRecord] {
        state.withLock { state in
            let due = state.schedules.records.values.compactMap { record -> (Timestamp, ScheduleRecord)? in
                guard record.state == .active, let next = record.next, next <= now else { return nil }
                return (next, record)
            }
            return Array(due.sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }.map(\.1).prefix(limit))
        }
    }

    public func isUnderWay(_ schedule: ScheduleID) async throws -> Bool {
        state.withLock { state in
            state.schedules.runs.values.contains { run in
                guard run.schedule == schedule, run.ended == nil, let message = run.message.map({ InboxID($0) }) else {
                    return false
                }
                return state.talk.inbox[message]?.state == .waiting
                    || state.talk.turns.values.contains { $0.message == message && $0.state == .ready }
            }
        }
    }

    public func endedRuns(limit: Int) async throws -> [ScheduleRun] {
        state.withLock { state in
            let ended = state.schedules.runs.values.filter { run in
                guard run.ended == nil else { return false }
                guard let message = run.message.map({ InboxID($0) }), let entry = state.talk.inbox[message] else {
                    return true
                }
                switch entry.state {
                case .waiting: return false
                case .ignored, .aside: return true
                case .begun:
                    guard let turn = state.talk.turns.values.first(where: { $0.message == message }) else {
                        return true
                    }
                    if case .ended = turn.state { return true }
                    return false
                }
            }
            return Array(ended.sorted { ($0.began, $0.id) < ($1.began, $1.id) }.prefix(limit))
        }
    }

    public func runs(of schedule: ScheduleID, limit: Int) async throws -> [ScheduleRun] {
        state.withLock { state in
            Array(
                state.schedules.runs.values.filter { $0.schedule == schedule }
                    .sorted { ($0.began, $0.id) > ($1.began, $1.id) }.prefix(limit))
        }
    }
}
