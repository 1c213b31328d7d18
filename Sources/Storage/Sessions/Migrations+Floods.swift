extension Migrations {
    static let floods = Migration(
        name: "072-flood-notices",
        statements: [
            """
            CREATE TABLE flood_notices (organization TEXT NOT NULL, sender TEXT NOT NULL, told BIGINT NOT NULL,
              PRIMARY KEY (organization, sender))
            """
        ])
}
