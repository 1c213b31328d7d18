public import Authority

/// Schedules and their runs, for reading. Changing them is a transaction's.
public protocol ScheduleStore: Sendable {
    func schedule(_ id: ScheduleID) async throws -> ScheduleRecord?
    /// By agent and name.
    func schedules(in organization: OrganizationID) async throws -> [ScheduleRecord]
    /// Active ones that are due, those that have been for longest first.
    func dueSchedules(at now: Timestamp, limit: Int) async throws -> [ScheduleRecord]
    /// Whether a run of it has something to do now. One that waits for somebody hasn't.
    func isUnderWay(_ schedule: ScheduleID) async throws -> Bool
    /// Runs without an end though nothing is under way of them any more, the oldest first.
    func endedRuns(limit: Int) async throws -> [ScheduleRun]
    /// The newest first.
    func runs(of schedule: ScheduleID, limit: Int) async throws -> [ScheduleRun]
}

/// What becomes of schedules in the store.
public enum ScheduleChange: StoredChange {
    /// The schedules of an agent from now on. One of the same name and definition stays as it is; those that aren't named go,
    /// and their runs stay.
    case set(OrganizationID, AgentID, [ScheduleRecord])
    /// Written over the one that it was read as. Refused as `exists` when that has changed since, or is gone.
    case replace(ScheduleRecord)
    /// Every active one that has its authority from this person stops, for this reason.
    case pause(OrganizationID, of: PersonID, reason: String)
    /// Refused as `exists` when there is a run of this schedule and due time.
    case begin(ScheduleRun)
    /// Refused as `exists` when it has an end, or isn't there.
    case end(ScheduleRun)
    /// Forgets what began before this time and has ended.
    case prune(before: Timestamp)
}
