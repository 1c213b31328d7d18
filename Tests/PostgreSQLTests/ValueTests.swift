import PostgreSQL
import Testing

@Suite struct ValueTests {
    @Test func `what is stored comes back as it was`() async throws {
        let session = try await Sessions.withThings()
        let large = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let rows: [[SQLValue]] = [
            [.integer(.min), .text(""), .bytes([])],
            [.integer(-1), .text("Zoë's \"naïve\" 🦊\n\u{1}"), .bytes([0, 255, 0])],
            [.integer(.max), .null, .bytes(large)],
        ]
        for row in rows { try session.send("INSERT INTO things VALUES ($1, $2, $3)", row) }
        let read = try await session.query("SELECT id, name, body FROM things ORDER BY id")
        #expect(read.columns == ["id", "name", "body"])
        #expect(read.rows == rows)
        #expect(read.count == 3)
    }

    @Test(arguments: [
        ("true", SQLValue.integer(1)), ("false", .integer(0)), ("(-2)::smallint", .integer(-2)),
        ("(-70000)::int", .integer(-70_000)), ("7::bigint", .integer(7)), ("'a'::varchar", .text("a")),
        ("'n'::name", .text("n")), ("'u'", .text("u")), ("NULL", .null), ("pg_advisory_lock(1)", .null),
    ])
    func `types become one of three`(sql: String, expected: SQLValue) async throws {
        let session = try await Sessions.open()
        #expect(try await session.value("SELECT \(sql)") == expected)
    }

    @Test func `another type is named, not guessed`() async throws {
        let session = try await Sessions.open()
        let error = try await session.failure("SELECT 1.5 AS price")
        #expect(error.kind == .unsupportedType(oid: 1700))
        #expect(error.description.contains("`price`") && error.description.contains("1700"))
    }

    @Test func `a statement says how many rows it changed`() async throws {
        let session = try await Sessions.withThings()
        #expect(try await session.execute("INSERT INTO things (id) VALUES (1), (2), (3)") == 3)
        #expect(try await session.execute("UPDATE things SET name = $1 WHERE id > $2", [.text("x"), .integer(1)]) == 2)
        #expect(try await session.execute("DELETE FROM things WHERE id = $1", [.integer(9)]) == 0)
    }

    @Test func `text with U+0000 isn't sent`() async throws {
        let session = try await Sessions.withThings()
        let error = try await session.failure("INSERT INTO things VALUES ($1, $2)", [.integer(1), .text("a\0b")])
        #expect(error.kind == .badText)
        #expect(error.message.contains("$2"))
        #expect(throws: PostgreSQLError.self) { try session.send("SELECT '\0'") }
        #expect(try await session.value("SELECT count(*) FROM things") == .integer(0))
    }

    @Test(arguments: ["geheimnis", "qz", "x y z"])
    func `an error doesn't repeat a parameter`(secret: String) async throws {
        let session = try await Sessions.open()
        let error = try await session.failure("SELECT $1::text::bigint", [.text(secret)])
        #expect(error.sqlState == "22P02")
        #expect(error.message == "invalid input syntax for type bigint: \"…\"")
        #expect(!"\(error)".contains(secret))
    }

    @Test func `a number where the server takes another type is refused with a way out`() async throws {
        let session = try await Sessions.open()
        let error = try await session.failure("SELECT $1 + 1::int", [.integer(1)])
        #expect(error.sqlState == "22P03")
        #expect(error.hint?.contains("$1::bigint") == true)
        #expect(try await session.value("SELECT $1::bigint + 1::int", [.integer(1)]) == .integer(2))
    }
}
