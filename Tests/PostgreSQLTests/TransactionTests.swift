import PostgreSQL
import TestCluster
import Testing

@Suite struct TransactionTests {
    private func pool() async throws -> PostgreSQLPool {
        let cluster = try await TestCluster.shared
        let pool = PostgreSQLPool(try await cluster.url(cluster.makeDatabase()), maximum: 8, .patient)
        _ = try await pool.query("CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL)")
        _ = try await pool.query("INSERT INTO counters VALUES ('a', 0), ('b', 0)")
        return pool
    }

    private func value(_ name: String, in pool: PostgreSQLPool) async throws -> SQLValue? {
        try await pool.query("SELECT value FROM counters WHERE name = $1", [.text(name)]).rows.first?.first
    }

    @Test func `those who collide are run again until each has counted once`() async throws {
        let pool = try await pool()
        try await withThrowingTaskGroup { group in
            for _ in 0..<10 {
                group.addTask {
                    try await pool.transaction(TransactionMode(.serializable), retries: 1_000) { session in
                        guard
                            case .integer(let value) = try await session.value(
                                "SELECT value FROM counters WHERE name = 'a'")
                        else { return }
                        try session.send("UPDATE counters SET value = $1 WHERE name = 'a'", [.integer(value + 1)])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await value("a", in: pool) == .integer(10))
    }

    @Test func `of two who lock each other out one is run again`() async throws {
        let pool = try await pool()
        let holding = Counter()
        try await withThrowingTaskGroup { group in
            for names in [["a", "b"], ["b", "a"]] {
                group.addTask {
                    try await pool.transaction { session in
                        for name in names {
                            try await session.execute(
                                "UPDATE counters SET value = value + 1 WHERE name = $1", [.text(name)])
                            holding.add()
                            // Until the other one holds its first lock as well.
                            while holding.value < 2 { await Task.yield() }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        // Two each, and at least one once more.
        #expect(holding.value >= 5)
        #expect(try await value("a", in: pool) == .integer(2))
        #expect(try await value("b", in: pool) == .integer(2))
    }

    @Test func `a connection lost before COMMIT is sent is no loss`() async throws {
        let pool = try await pool()
        let attempts = Counter()
        try await pool.transaction { session in
            try await session.execute("UPDATE counters SET value = value + 1 WHERE name = 'a'")
            attempts.add()
            guard attempts.value == 1 else { return }
            try await session.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        }
        #expect(attempts.value == 2)
        #expect(try await value("a", in: pool) == .integer(1))
    }

    @Test func `an unknown commit isn't run again, whatever is asked for`() async throws {
        let cluster = try await TestCluster.shared
        let direct = try await pool()
        let name = try await direct.query("SELECT current_database()").rows[0][0]
        guard case .text(let database) = name else { return }
        let proxy = try Proxy(to: cluster.port, .cutAnswer(to: "COMMIT"))
        let pool = PostgreSQLPool(
            try DatabaseURL("postgresql://postgres@127.0.0.1:\(proxy.port)/\(database)"), maximum: 1, .patient)
        let attempts = Counter()
        let raise = { (mode: TransactionMode) in
            try await pool.transaction(mode, repeatingAfter: { _ in true }) { session in
                attempts.add()
                guard !mode.isReadOnly else { return proxy.follow(.forward) }
                try session.send("UPDATE counters SET value = value + 1 WHERE name = 'a'")
            }
        }
        await #expect { try await raise(TransactionMode()) } throws: {
            ($0 as? PostgreSQLError)?.kind == .commitUnknown
        }
        #expect(attempts.value == 1)
        #expect(try await value("a", in: direct) == .integer(1))
        // Reading is repeated: nothing can have been done twice.
        try await raise(TransactionMode(isReadOnly: true))
    }

    @Test func `an error of the body's own rolls back and comes out as it is`() async throws {
        let pool = try await pool()
        await #expect(throws: Unexpected.self) {
            try await pool.transaction { session in
                try await session.execute("UPDATE counters SET value = 9")
                throw Unexpected("on purpose")
            }
        }
        #expect(try await value("a", in: pool) == .integer(0))
    }

    @Test func `a body that ignores an error isn't told of a commit`() async throws {
        let pool = try await pool()
        await #expect {
            try await pool.transaction { session in
                try await session.execute("UPDATE counters SET value = 9")
                _ = try? await session.query("SELECT 1 / 0")
            }
        } throws: { ($0 as? PostgreSQLError)?.kind == .rolledBack }
        #expect(try await value("a", in: pool) == .integer(0))
    }

    @Test func `a read-only transaction refuses to change anything`() async throws {
        let pool = try await pool()
        await #expect {
            try await pool.transaction(TransactionMode(.repeatableRead, isReadOnly: true)) { session in
                try await session.execute("UPDATE counters SET value = 9")
            }
        } throws: { ($0 as? PostgreSQLError)?.sqlState == "25006" }
    }
}
