extension Migrations {
    /// After `modelsInDefinitions`, which changed what agents are without saying so in the ledger: the next start does.
    static let upgrades = Migration(
        name: "071-upgrades",
        statements: [
            // Null: it has had one name for as long as it is here.
            "ALTER TABLE connections ADD COLUMN former_account TEXT",
            // Organizations in whose ledger a start has to say what their definitions have become.
            "CREATE TABLE upgrades (organization TEXT PRIMARY KEY)",
            """
            INSERT INTO upgrades (organization) SELECT DISTINCT organization FROM (
              SELECT organization FROM agents WHERE definition LIKE '%"models"%'
              UNION SELECT organization FROM documents WHERE name = 'models') AS changed
            """,
        ])
}
