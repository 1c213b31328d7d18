import Authority
import Gate
import Wire

extension ScheduleRecord {
    init(row: Row) throws {
        guard let state = ScheduleState(rawValue: try row["state"]) else {
            throw StorageError(.corrupt, "the state of a schedule can't be read")
        }
        self.init(
            organization: OrganizationID(try row["organization"]), agent: AgentID(try row["agent"]),
            name: try row["name"], definition: try JSON.parse(Array((row["definition"] as String).utf8)),
            author: PersonID(try row["author"]), state: state, reason: try row["reason"],
            set: Timestamp(microseconds: try row["since"]),
            next: (try row["next"] as Int64?).map { Timestamp(microseconds: $0) }, failures: try row["failures"],
            revision: try row["revision"])
    }

    var values: [any Storable] {
        [
            id.raw, organization.raw, agent.raw, name, definition.text, author.raw, state.rawValue, reason,
            set.microseconds, next?.microseconds, failures, revision,
        ]
    }
}

extension ScheduleRun {
    init(row: Row) throws {
        let outcome = try (row["outcome"] as String?).map { text in
            guard let outcome = RunOutcome(rawValue: text) else {
                throw StorageError(.corrupt, "the outcome of a run can't be read")
            }
            return outcome
        }
        self.init(
            id: RunID(try row["id"]), of: ScheduleID(try row["schedule"]),
            in: OrganizationID(try row["organization"]), due: Timestamp(microseconds: try row["due"]),
            began: Timestamp(microseconds: try row["began"]), message: try row["message"],
            ended: (try row["ended"] as Int64?).map { Timestamp(microseconds: $0) }, outcome: outcome,
            reason: try row["reason"], turn: try row["turn"],
            calls: try JSON.parse(Array((row["calls"] as String).utf8)))
    }
}
