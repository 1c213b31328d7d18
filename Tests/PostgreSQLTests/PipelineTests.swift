import PostgreSQL
import Testing

@Suite struct PipelineTests {
    @Test func `statements go out together and are kept together`() async throws {
        let session = try await Sessions.withThings()
        for id in 1...500 { try session.send("INSERT INTO things (id) VALUES ($1)", [.integer(Int64(id))]) }
        #expect(try await session.value("SELECT count(*) FROM things") == .integer(500))
    }

    @Test func `one that fails takes back all that went out with it, and none is told of a success`() async throws {
        let session = try await Sessions.withThings()
        for id in [1, 2, 1, 3] { try session.send("INSERT INTO things (id) VALUES ($1)", [.integer(Int64(id))]) }
        let error = try await session.failure("SELECT 1")
        #expect(error.sqlState == "23505")
        #expect(error.constraint == "things_pkey")
        #expect(try await session.value("SELECT count(*) FROM things") == .integer(0))
    }

    @Test func `a transaction goes out as one stream`() async throws {
        let session = try await Sessions.withThings()
        try session.send("BEGIN ISOLATION LEVEL SERIALIZABLE")
        try session.send("INSERT INTO things (id) VALUES (1)")
        #expect(try await session.value("SELECT count(*) FROM things") == .integer(1))
        try session.send("INSERT INTO things (id) VALUES (2)")
        try await session.execute("COMMIT")
        #expect(try await session.value("SELECT count(*) FROM things") == .integer(2))
    }

    @Test func `after an error in a transaction ROLLBACK makes the session usable`() async throws {
        let session = try await Sessions.withThings()
        try session.send("BEGIN")
        try session.send("INSERT INTO things (id) VALUES (1)")
        try session.send("INSERT INTO things (id) VALUES (1)")
        #expect(try await session.failure("COMMIT").sqlState == "23505")
        #expect(try await session.failure("SELECT 1").sqlState == "25P02")
        try await session.execute("ROLLBACK")
        #expect(try await session.value("SELECT count(*) FROM things") == .integer(0))
    }

    @Test func `a COMMIT that the server answers by rolling back isn't a success`() async throws {
        let session = try await Sessions.withThings()
        try session.send("BEGIN")
        #expect(try await session.failure("SELECT 1 / 0").sqlState == "22012")
        #expect(try await session.failure("COMMIT").kind == .rolledBack)
        #expect(try await session.value("SELECT 1") == .integer(1))
    }

    @Test func `a COMMIT can't be sent without waiting for it`() async throws {
        let session = try await Sessions.withThings()
        #expect(throws: PostgreSQLError.self) { try session.send(" /* now */ commit") }
        #expect(throws: PostgreSQLError.self) { try session.send("END") }
    }

    @Test func `a planted fault at the very end is told to whom the statement before it succeeded`() async throws {
        let session = try await Sessions.withThings()
        try await session.execute(
            "ALTER TABLE things ADD CONSTRAINT named UNIQUE (name) DEFERRABLE INITIALLY DEFERRED")
        try session.send("INSERT INTO things VALUES (1, 'same')")
        // Each INSERT succeeds by itself; the constraint is looked at when the sync commits.
        let error = try await session.failure("INSERT INTO things VALUES (2, 'same') RETURNING id")
        #expect(error.sqlState == "23505")
        #expect(try await session.value("SELECT count(*) FROM things") == .integer(0))
    }

    @Test func `many at once on one session get their own answers`() async throws {
        let session = try await Sessions.open()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await session.value("SELECT $1::bigint", [.integer(Int64(number))]) == .integer(Int64(number))
                }
            }
            for try await isOwn in group { #expect(isOwn) }
        }
    }

    @Test func `a large answer and a large question cross`() async throws {
        let session = try await Sessions.withThings()
        for id in Int64(0)..<50 {
            let body = SQLValue.bytes(Array(repeating: 7, count: 200_000))
            try session.send("INSERT INTO things VALUES ($1, 'x', $2) RETURNING body", [.integer(id), body])
        }
        #expect(try await session.query("SELECT body FROM things").count == 50)
    }
}
