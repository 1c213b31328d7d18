import PostgreSQL
import TestCluster
import Testing

@Suite struct LossTests {
    /// A session through a proxy, beside one that isn't, in the same database with an empty table `things`.
    private func through(_ rule: Proxy.Rule) async throws -> (cut: PostgreSQLConnection, whole: PostgreSQLConnection) {
        let cluster = try await TestCluster.shared
        let database = try await cluster.makeDatabase()
        let whole = try await PostgreSQLConnection.connect(cluster.url(database))
        try await whole.execute("CREATE TABLE things (id BIGINT PRIMARY KEY)")
        let proxy = try Proxy(to: cluster.port, rule)
        let url = try DatabaseURL("postgresql://postgres@127.0.0.1:\(proxy.port)/\(database)")
        return (try await .connect(url), whole)
    }

    @Test func `a connection cut between COMMIT and its answer is told as unknown`() async throws {
        let (cut, whole) = try await through(.cutAnswer(to: "COMMIT"))
        try cut.send("BEGIN")
        #expect(try await cut.execute("INSERT INTO things VALUES (1)") == 1)
        let error = try await cut.failure("COMMIT")
        #expect(error.kind == .commitUnknown)
        #expect(!mayRetry(error))
        #expect(try await whole.value("SELECT count(*) FROM things") == .integer(1))
    }

    @Test func `a connection cut before COMMIT reaches the server is unknown as well`() async throws {
        let (cut, whole) = try await through(.cutBefore("COMMIT"))
        try cut.send("BEGIN")
        #expect(try await cut.execute("INSERT INTO things VALUES (1)") == 1)
        #expect(try await cut.failure("COMMIT").kind == .commitUnknown)
        #expect(try await whole.value("SELECT count(*) FROM things") == .integer(0))
    }

    @Test func `a statement that commits by itself is unknown when its answer is lost`() async throws {
        let (cut, whole) = try await through(.cutAnswer(to: "INSERT"))
        #expect(try await cut.failure("INSERT INTO things VALUES (1)").kind == .commitUnknown)
        #expect(try await whole.value("SELECT count(*) FROM things") == .integer(1))
    }

    @Test func `a connection lost inside a transaction is known to have kept nothing`() async throws {
        let (cut, whole) = try await through(.cutAnswer(to: "INSERT"))
        try cut.send("BEGIN")
        let error = try await cut.failure("INSERT INTO things VALUES (1)")
        #expect(error.kind == .connectionLost)
        #expect(mayRetry(error))
        #expect(!cut.isUsable)
        #expect(try await whole.value("SELECT count(*) FROM things") == .integer(0))
        #expect(try await cut.failure("SELECT 1").kind == .connectionLost)
    }

    @Test func `reading may be repeated when its answer is lost`() async throws {
        let (cut, _) = try await through(.cutAnswer(to: "SELECT"))
        #expect(try await mayRetry(cut.failure("SELECT 1")))
    }

    /// A session through a proxy that lets nothing through any more, with an empty table `things` and a limit of silence.
    private func stalled(after begin: [String]) async throws -> PostgreSQLConnection {
        let cluster = try await TestCluster.shared
        let proxy = try Proxy(to: cluster.port)
        let url = try DatabaseURL("postgresql://postgres@127.0.0.1:\(proxy.port)/\(try await cluster.makeDatabase())")
        var settings = SessionSettings()
        settings.silenceLimit = .seconds(2)
        let session = try await PostgreSQLConnection.connect(url, settings)
        try await session.execute("CREATE TABLE things (id BIGINT PRIMARY KEY)")
        for statement in begin { try await session.execute(statement) }
        proxy.stallWhatIsOpen()
        return session
    }

    @Test func `a server that falls silent is given up, and what was read may be asked for elsewhere`() async throws {
        let session = try await stalled(after: [])
        let error = try await session.failure("SELECT 1")
        #expect(error.kind == .timeout)
        #expect(!session.isUsable)
        #expect(try await session.failure("SELECT 1").kind == .timeout)
    }

    @Test func `a commit that is met with silence is unknown, and what comes before it isn't`() async throws {
        let begin = ["BEGIN", "INSERT INTO things VALUES (1)"]
        #expect(try await stalled(after: begin).failure("COMMIT").kind == .commitUnknown)
        #expect(try await stalled(after: begin).failure("INSERT INTO things VALUES (2)").kind == .timeout)
    }

    @Test func `silence counts only while an answer is owed`() async throws {
        var settings = SessionSettings()
        settings.silenceLimit = .seconds(2)
        let session = try await Sessions.open(settings)
        #expect(try await session.value("SELECT 1") == .integer(1))
        try await Task.sleep(for: .milliseconds(2_500))
        for _ in 0..<3 { #expect(try await session.value("SELECT 1") == .integer(1)) }
        #expect(try await session.failure("SELECT pg_sleep(30)").kind == .timeout)
    }

    @Test func `a session that the server ends says so`() async throws {
        let (_, whole) = try await through(.forward)
        let other = try await Sessions.open()
        guard case .integer(let process) = try await other.value("SELECT pg_backend_pid()") else { return }
        async let waiting = other.failure("SELECT pg_sleep(60)")
        try await whole.awaitSleep(of: process)
        #expect(
            try await whole.value("SELECT pg_terminate_backend($1::bigint::int)", [.integer(process)]) == .integer(1))
        let error = try await waiting
        #expect(error.sqlState == "57P01")
        #expect(mayRetry(error))
        #expect(try await other.failure("SELECT 1").kind == .connectionLost)
    }

    @Test func `a pool goes on with a server that was killed and started again`() async throws {
        let cluster = try TestCluster()
        let pool = PostgreSQLPool(try cluster.url(), maximum: 4, .patient)
        try await pool.transaction { session in
            try session.send("CREATE TABLE things (id BIGINT PRIMARY KEY)")
            try session.send("INSERT INTO things VALUES (1)")
        }
        try cluster.crash()
        await #expect(throws: PostgreSQLError.self) { try await pool.query("SELECT 1") }
        try cluster.start()
        #expect(try await pool.query("SELECT id FROM things").rows == [[.integer(1)]])
        await pool.close()
        try cluster.stop()
    }

    @Test func `closing a session refuses what comes after`() async throws {
        let session = try await Sessions.open()
        await session.close()
        #expect(try await session.failure("SELECT 1").kind == .closed)
        #expect(throws: PostgreSQLError.self) { try session.send("SELECT 1") }
    }
}

extension PostgreSQLConnection {
    /// Returns when the session of `process` executes `pg_sleep`.
    func awaitSleep(of process: Int64) async throws {
        let sql = "SELECT 1 FROM pg_stat_activity WHERE pid = $1::bigint AND wait_event = 'PgSleep'"
        while try await query(sql, [.integer(process)]).count == 0 { await Task.yield() }
    }
}
