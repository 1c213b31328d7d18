public import Authority
public import Gate

extension SQLStore: ScheduleStore {
    private static let oneSchedule = Query("SELECT * FROM schedules WHERE id = $1")
    private static let allSchedules = Query("SELECT * FROM schedules WHERE organization = $1 ORDER BY agent, name")
    private static let due = Query(
        """
        SELECT * FROM schedules WHERE state = 'active' AND next IS NOT NULL AND next <= $1 ORDER BY next, id LIMIT $2
        """)
    private static let underWay = Query(
        """
        SELECT 1 AS one FROM schedule_runs r JOIN inbox i ON i.id = r.message
        LEFT JOIN turns t ON t.message = r.message
        WHERE r.schedule = $1 AND r.ended IS NULL AND (i.state = 'waiting' OR t.state = 'ready') LIMIT 1
        """)
    private static let endedOnes = Query(
        """
        SELECT r.* FROM schedule_runs r LEFT JOIN inbox i ON i.id = r.message LEFT JOIN turns t ON t.message = r.message
        WHERE r.ended IS NULL AND (i.id IS NULL OR i.state IN ('ignored', 'aside')
          OR i.state = 'begun' AND (t.id IS NULL OR t.state NOT IN ('ready', 'parked')))
        ORDER BY r.began, r.id LIMIT $1
        """)
    private static let runsOf = Query(
        "SELECT * FROM schedule_runs WHERE schedule = $1 ORDER BY began DESC, id DESC LIMIT $2")

    public func schedule(_ id: ScheduleID) async throws -> ScheduleRecord? {
        try await row(SQLStore.oneSchedule, [id.raw]).map(ScheduleRecord.init(row:))
    }

    public func schedules(in organization: OrganizationID) async throws -> [ScheduleRecord] {
        try await rows(SQLStore.allSchedules, [organization.raw]).map(ScheduleRecord.init(row:))
    }

    public func dueSchedules(at now: Timestamp, limit: Int) async throws -> [ScheduleRecord] {
        try await rows(SQLStore.due, [now.microseconds, limit]).map(ScheduleRecord.init(row:))
    }

    public func isUnderWay(_ schedule: ScheduleID) async throws -> Bool {
        try await row(SQLStore.underWay, [schedule.raw]) != nil
    }

    public func endedRuns(limit: Int) async throws -> [ScheduleRun] {
        try await rows(SQLStore.endedOnes, [limit]).map(ScheduleRun.init(row:))
    }

    public func runs(of schedule: ScheduleID, limit: Int) async throws -> [ScheduleRun] {
        try await rows(SQLStore.runsOf, [schedule.raw, limit]).map(ScheduleRun.init(row:))
    }
}
