public import Authority
public import Gate
import Ledger
import Wire

/// Schedules, for the people who look after them.
public struct ScheduleDesk: Sendable {
    let runner: ScheduleRunner

    public init(runner: ScheduleRunner) {
        self.runner = runner
    }

    private var store: any ScheduleRunner.Store { runner.store }

    public func all(in organization: OrganizationID) async throws -> [ScheduleRecord] {
        try await store.schedules(in: organization)
    }

    /// - Throws: `unknown`.
    public func schedule(
        _ name: String, of agent: AgentID, in organization: OrganizationID
    ) async throws -> ScheduleRecord {
        let id = ScheduleRecord.id(of: name, agent, in: organization)
        guard let record = try await store.schedule(id) else {
            let names = try await all(in: organization).map { "\($0.agent)/\($0.name)" }
            throw TurnsError(
                .unknown, "`\(agent)` has no schedule `\(name)`",
                hint: suggestion(for: "\(agent)/\(name)", among: names) ?? "`deputy schedules list` names them")
        }
        return record
    }

    /// The newest first.
    public func runs(of record: ScheduleRecord, limit: Int) async throws -> [ScheduleRun] {
        try await store.runs(of: record.id, limit: limit)
    }

    /// Nothing of it begins until it is resumed. What is under way goes on.
    ///
    /// - Throws: `refused` when it isn't active.
    public func pause(_ record: ScheduleRecord, by administrator: String) async throws -> ScheduleRecord {
        guard record.state == .active else {
            throw TurnsError(.refused, "it is \(record.state.rawValue) already")
        }
        var paused = record
        paused.state = .paused
        paused.reason = "\(administrator) paused it"
        return try await keep(paused, "schedule.paused", by: administrator)
    }

    /// It is due again from now on, with the authority of whoever owns the agent now. Nothing that it missed is made up for.
    ///
    /// - Throws: `refused` when it is active, or its time has passed, or its owner may not have it run.
    public func resume(_ record: ScheduleRecord, by administrator: String) async throws -> ScheduleRecord {
        guard record.state != .active else { throw TurnsError(.refused, "it is active") }
        let now = runner.world.now()
        var resumed = record
        if let owner = try await runner.terms.owner(record.agent, record.organization) { resumed.author = owner }
        if let reason = try await runner.terms.lacks(resumed) { throw TurnsError(.refused, reason) }
        guard let (schedule, clock) = runner.terms.read(record.definition),
            let next = schedule.timing.next(after: now, since: record.set, in: clock)
        else { throw TurnsError(.refused, "its time has passed", hint: "set another one with `deputy apply`") }
        resumed.state = .active
        resumed.reason = nil
        resumed.failures = 0
        resumed.next = next
        return try await keep(resumed, "schedule.resumed", by: administrator)
    }

    /// Runs it once, now, besides when it is due.
    ///
    /// - Throws: `refused` while a run of it is under way, or when its author may not have it run.
    public func runNow(_ record: ScheduleRecord, by administrator: String) async throws {
        if let reason = try await runner.terms.lacks(record) { throw TurnsError(.refused, reason) }
        guard let (schedule, _) = runner.terms.read(record.definition) else {
            throw TurnsError(.refused, "its definition can't be read", hint: "apply it anew")
        }
        guard try await !store.isUnderWay(record.id) else {
            throw TurnsError(.refused, "a run of it is under way", hint: "`deputy schedules runs` shows it")
        }
        do throws(CommitError) {
            try await begin(record, schedule, by: administrator)
        } catch {
            throw TurnsError(error)
        }
        runner.bell.ring()
    }

    private func begin(_ record: ScheduleRecord, _ schedule: Schedule, by administrator: String)
        async throws(CommitError)
    {
        let now = runner.world.now()
        do {
            try await runner.begin(record, schedule, due: now, by: administrator, at: now)
        } catch let error as CommitError {
            throw error
        } catch {
            throw .unavailable("the run can't be begun")
        }
    }

    private func keep(
        _ record: ScheduleRecord, _ change: String, by administrator: String
    ) async throws -> ScheduleRecord {
        var fields: JSONObject = [
            "change": .string(change), "by": .string(administrator), "agent": .string(record.agent.raw),
            "schedule": .string(record.name), "author": .string(record.author.raw),
        ]
        fields["because"] = record.reason.map { .string($0) }
        let leaf = try ScheduleRunner.leaf(.authority, fields, record.organization, at: runner.world.now())
        do throws(CommitError) {
            try await store.commit(Transaction(changes: [ScheduleChange.replace(record)], leaves: [leaf]))
        } catch {
            throw TurnsError(error)
        }
        return record
    }
}
