import Testing

@testable import PostgreSQL

@Suite struct StatementKindTests {
    @Test(arguments: [
        ("BEGIN", StatementKind.begin), ("start transaction", .begin), ("COMMIT", .commit), ("end work", .commit),
        ("\n-- a comment; ROLLBACK\n /* one /* in */ another */ Commit", .commit), ("PREPARE TRANSACTION 'x'", .commit),
        ("PREPARE x AS SELECT 1", .harmless), ("ROLLBACK", .rollback), ("ROLLBACK WORK", .rollback),
        ("abort", .rollback),
        ("ROLLBACK TO SAVEPOINT a", .harmless), ("ROLLBACK TRANSACTION TO a", .harmless),
        ("ROLLBACK PREPARED 'x'", .writing), ("SELECT 1", .harmless), ("(SELECT 1)", .harmless),
        ("VALUES (1)", .harmless),
        ("SET x = 1", .harmless), ("LISTEN a", .harmless), ("INSERT INTO t VALUES (1)", .writing),
        ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", .writing), ("NOTIFY a", .writing),
        ("CALL f()", .writing),
        ("EXPLAIN ANALYZE DELETE FROM t", .writing), ("COPY t FROM STDIN", .copy), ("", .writing),
        ("/* open", .writing),
    ])
    func `the first words say what a statement does to transactions`(sql: String, kind: StatementKind) {
        #expect(StatementKind(sql) == kind)
    }
}
