import Testing

@testable import PostgreSQL

@Suite struct StatementCacheTests {
    @Test func `the least recently used statement leaves`() {
        var cache = StatementCache(capacity: 2)
        let first = cache.add("a")
        let second = cache.add("b")
        #expect(cache.name(of: "a") == first)
        _ = cache.add("c")
        #expect(cache.name(of: "b") == nil)
        #expect(cache.name(of: "a") == first)
        #expect(cache.takeLeaving() == [second])
        #expect(cache.takeLeaving() == [])
        #expect(cache.count == 2)
    }

    @Test func `a statement that wasn't prepared after all is forgotten, evicted or not`() {
        var cache = StatementCache(capacity: 1)
        let first = cache.add("a")
        let second = cache.add("b")
        cache.drop("a", named: first)
        #expect(cache.takeLeaving() == [])
        cache.drop("b", named: second)
        #expect(cache.name(of: "b") == nil)
    }

    @Test func `a session keeps no more statements than it may, and each is prepared once`() async throws {
        var settings = SessionSettings()
        settings.statementsKept = 3
        let session = try await Sessions.open(settings)
        for number in 0..<10 { _ = try await session.value("SELECT \(number)::bigint") }
        for _ in 0..<5 { _ = try await session.value("SELECT count(*) FROM pg_prepared_statements") }
        #expect(try await session.value("SELECT count(*) FROM pg_prepared_statements") == .integer(3))
        #expect(
            try await session.value(
                "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%count(*)%'")
                == .integer(6))
    }

    @Test func `a statement whose table has changed is prepared anew`() async throws {
        let session = try await Sessions.withThings()
        let observer = session
        _ = try await session.query("SELECT * FROM things")
        try await observer.execute("ALTER TABLE things ADD COLUMN more BIGINT")
        #expect(try await session.query("SELECT * FROM things").columns == ["id", "name", "body", "more"])
    }

    @Test func `inside a transaction that is told, and the next attempt works`() async throws {
        let session = try await Sessions.withThings()
        _ = try await session.query("SELECT * FROM things")
        try await session.execute("ALTER TABLE things DROP COLUMN body")
        try session.send("BEGIN")
        let error = try await session.failure("SELECT * FROM things")
        #expect(error.kind == .stalePlan)
        #expect(mayRetry(error))
        try await session.execute("ROLLBACK")
        try session.send("BEGIN")
        #expect(try await session.query("SELECT * FROM things").columns == ["id", "name"])
        try await session.execute("COMMIT")
    }

    @Test func `a statement that somebody else deallocated is prepared anew`() async throws {
        let session = try await Sessions.open()
        _ = try await session.value("SELECT 7::bigint")
        try await session.execute("DEALLOCATE ALL")
        #expect(try await session.value("SELECT 7::bigint") == .integer(7))
    }
}
