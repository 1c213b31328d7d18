import PostgreSQL
import TestCluster
import Testing

@Suite struct PoolTests {
    private func pool(_ maximum: Int, _ settings: PoolSettings = .patient) async throws -> PostgreSQLPool {
        let cluster = try await TestCluster.shared
        return PostgreSQLPool(try await cluster.url(cluster.makeDatabase()), maximum: maximum, settings)
    }

    private func kind(_ body: () async throws -> Void) async -> PostgreSQLError.Kind? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? PostgreSQLError)?.kind
        }
    }

    @Test func `no more sessions are open than the pool may have, and they are used again`() async throws {
        let pool = try await pool(3)
        let processes = try await withThrowingTaskGroup(of: SQLValue.self) { group in
            for _ in 0..<30 {
                group.addTask { try await pool.withConnection { try await $0.value("SELECT pg_backend_pid()") } }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(processes.count <= 3)
        await pool.close()
    }

    @Test func `who waits too long is told so, and takes no session along`() async throws {
        var settings = PoolSettings.patient
        settings.waitLimit = .milliseconds(20)
        let pool = try await pool(1, settings)
        try await pool.withConnection { session in
            _ = try await session.value("SELECT 1")
            #expect(await kind { _ = try await pool.query("SELECT 1") } == .poolExhausted)
        }
        #expect(try await pool.query("SELECT 1").count == 1)
        await pool.close()
    }

    @Test func `who is cancelled while waiting leaves the line`() async throws {
        let pool = try await pool(1)
        try await pool.withConnection { _ in
            let waiting = Task { await kind { _ = try await pool.query("SELECT 1") } }
            waiting.cancel()
            #expect(await waiting.value == .cancelled)
        }
        #expect(try await pool.query("SELECT 1").count == 1)
    }

    @Test func `a transaction that is left open is rolled back and told`() async throws {
        let pool = try await pool(1)
        _ = try await pool.query("CREATE TABLE things (id BIGINT)")
        let kind = await kind {
            try await pool.withConnection { session in
                try session.send("BEGIN")
                try await session.execute("INSERT INTO things VALUES (1)")
            }
        }
        #expect(kind == .misuse)
        #expect(await self.kind { try await pool.withConnection { try $0.send("SELECT 1") } } == .misuse)
        #expect(try await pool.query("SELECT count(*) FROM things").rows == [[.integer(0)]])
    }

    @Test func `a session that broke is replaced`() async throws {
        let pool = try await pool(1)
        let killed = await kind {
            try await pool.withConnection { _ = try await $0.query("SELECT pg_terminate_backend(pg_backend_pid())") }
        }
        #expect(killed == .server)
        #expect(try await pool.query("SELECT 1").count == 1)
    }

    @Test func `a session that went silent while idle is found out before it is given`() async throws {
        let cluster = try await TestCluster.shared
        let proxy = try Proxy(to: cluster.port)
        var settings = PoolSettings.patient
        settings.trustIdle = .zero
        settings.checkLimit = .milliseconds(50)
        let url = try DatabaseURL("postgresql://postgres@127.0.0.1:\(proxy.port)/postgres")
        let pool = PostgreSQLPool(url, maximum: 1, settings)
        let first = try await pool.query("SELECT pg_backend_pid()").rows
        proxy.stallWhatIsOpen()
        #expect(try await pool.query("SELECT pg_backend_pid()").rows != first)
    }

    @Test func `of several hosts the one that takes writes is taken, unless the URL says otherwise`() async throws {
        let reader = try TestCluster(settings: ["default_transaction_read_only = on"])
        let writer = try await TestCluster.shared
        let hosts = "postgresql://postgres@127.0.0.1:\(reader.port),127.0.0.1:\(writer.port)/postgres"
        for (query, cluster) in [("", writer), ("?target_session_attrs=any", reader)] {
            let session = try await PostgreSQLConnection.connect(DatabaseURL(hosts + query))
            #expect(try await session.value("SELECT current_setting('port')") == .text("\(cluster.port)"))
        }
    }

    @Test func `a pool lends no session of which its check throws`() async throws {
        struct Unfit: Error {}
        let looks = Counter()
        let pool = PostgreSQLPool(try await TestCluster.shared.url(), maximum: 1, .patient) { session in
            _ = try await session.value("SELECT 1")
            looks.add()
            if looks.value == 1 { throw Unfit() }
        }
        await #expect(throws: Unfit.self) { try await pool.query("SELECT 1") }
        for _ in 0..<2 { #expect(try await pool.query("SELECT 2").rows == [[.integer(2)]]) }
        #expect(looks.value == 2)
        await pool.close()
    }

    @Test func `closing waits for who is at work, and refuses the others`() async throws {
        let pool = try await pool(1)
        let worked = Counter()
        let closing = try await pool.withConnection { session in
            _ = try await session.value("SELECT 1")
            let waiting = Task { await kind { _ = try await pool.query("SELECT 1") } }
            let closing = Task {
                await pool.close()
                return worked.value
            }
            #expect(await waiting.value == .closed)
            #expect(try await session.value("SELECT 2") == .integer(2))
            worked.add()
            return closing
        }
        #expect(await closing.value == 1)
        #expect(await kind { _ = try await pool.query("SELECT 1") } == .closed)
    }

    @Test func `a server that can't be reached doesn't use up the pool`() async throws {
        let pool = PostgreSQLPool(try DatabaseURL("postgresql:///x?host=/nowhere"), maximum: 1)
        for _ in 0..<3 { #expect(await kind { _ = try await pool.query("SELECT 1") } == .cannotConnect) }
        await pool.close()
    }
}
