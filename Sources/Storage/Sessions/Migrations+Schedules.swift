extension Migrations {
    static let schedules = Migration(
        name: "078-schedules",
        statements: [
            """
            CREATE TABLE schedules (id TEXT NOT NULL PRIMARY KEY, organization TEXT NOT NULL, agent TEXT NOT NULL,
              name TEXT NOT NULL, definition TEXT NOT NULL, author TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
              since BIGINT NOT NULL, next BIGINT, failures BIGINT NOT NULL, revision BIGINT NOT NULL)
            """,
            "CREATE INDEX schedules_due ON schedules (next, id) WHERE state = 'active' AND next IS NOT NULL",
            "CREATE INDEX schedules_of ON schedules (organization, agent, name)",
            "CREATE INDEX schedules_by ON schedules (organization, author)",
            """
            CREATE TABLE schedule_runs (id TEXT NOT NULL PRIMARY KEY, schedule TEXT NOT NULL, organization TEXT NOT NULL,
              due BIGINT NOT NULL, began BIGINT NOT NULL, message TEXT, ended BIGINT, outcome TEXT, reason TEXT,
              turn TEXT, calls TEXT NOT NULL, UNIQUE (schedule, due))
            """,
            "CREATE INDEX schedule_runs_of ON schedule_runs (schedule, began, id)",
            "CREATE INDEX schedule_runs_open ON schedule_runs (began, id) WHERE ended IS NULL",
        ])
}
