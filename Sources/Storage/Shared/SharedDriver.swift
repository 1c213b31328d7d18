import Authority
import Gate
import PostgreSQL
import Synchronization
import Wire

/// PostgreSQL, shared by several gateways.
///
/// A gateway holds a lease with a fencing number; without it nothing of it is committed any more. Whoever commits takes
/// the sequencers of the organizations that it touches, in one order, and learns what others did there meanwhile.
final class SharedDriver: Driver {
    let pool: PostgreSQLPool
    let memory = StoreMemory()
    let lease: Lease
    let known: KnownNumbers

    private let hold: HomeLock?
    let url: DatabaseURL

    init(
        _ url: DatabaseURL, pool: PostgreSQLPool, lease: Lease, holding hold: HomeLock?,
        known: KnownNumbers = KnownNumbers()
    ) {
        self.url = url
        self.known = known
        self.hold = hold
        self.pool = pool
        self.lease = lease
    }

    var gateway: Int64 { lease.number }

    /// A session, as long as the database is the one that was opened.
    func withConnection<Value>(_ body: (PostgreSQLConnection) async throws -> Value) async throws -> Value {
        if let error = known.wentBack { throw error }
        return try await pool.withConnection(body)
    }

    func rows(_ query: Query, _ values: [SQLValue]) async throws -> [Row] {
        try await translating {
            try await self.withConnection { connection in
                Row.rows(try await connection.query(query.sql, values.map(\.parameter)))
            }
        }
    }

    func find(_ query: Query, _ values: [SQLValue]) async throws -> Row? { try await rows(query, values).first }

    func snapshot<Answer: Sendable>(
        _ body: @escaping @Sendable (any Session) async throws -> Answer
    ) async throws -> Answer {
        try await translating {
            try await self.withConnection { connection in
                try connection.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                let answer = try await body(SharedSession(connection, gateway: self.lease.number, .atOnce))
                try await connection.execute("COMMIT")
                return answer
            }
        }
    }

    func write(_ query: Query, _ values: [SQLValue]) async throws {
        try await translating {
            try await self.withConnection { connection in
                _ = try await connection.execute(query.sql, values.map(\.parameter))
            }
        }
    }

    private static let gone = Query(
        """
        SELECT number FROM gateways WHERE until < CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)
        UNION SELECT gateway FROM calls WHERE state = 'open' AND gateway NOT IN (SELECT number FROM gateways)
        """)

    func goneGateways() async throws -> [Int64] {
        guard lease.mayJudge else { return [] }
        return try await rows(SharedDriver.gone, []).map { try $0["number"] }
    }

    private static let claim = Query(
        """
        UPDATE approvals SET claimed_by = $1 WHERE id IN (
          SELECT id FROM approvals WHERE is_ready = 1
          AND (claimed_by = $1 OR claimed_by NOT IN (SELECT number FROM gateways))
          ORDER BY created, id LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING record
        """)

    func claimReady(limit: Int) async throws -> [Row] {
        try await rows(SharedDriver.claim, [.integer(lease.number), .integer(Int64(limit))])
    }

    func claim(_ queue: WorkQueue, at now: Timestamp, each: Int, limit: Int) async throws -> [Row] {
        try await rows(
            queue.claim,
            [
                .integer(now.microseconds), .integer(lease.number), .integer(Int64(each)), .integer(Int64(limit)),
            ])
    }

    private static let leading = Query(
        """
        SELECT gateway FROM leaders WHERE job = $1 AND gateway = $2 AND EXISTS (SELECT 1 FROM gateways WHERE number = $2)
        """)
    private static let lead = Query(
        """
        INSERT INTO leaders (job, gateway) VALUES ($1, $2) ON CONFLICT (job) DO UPDATE SET gateway = excluded.gateway
        WHERE leaders.gateway = excluded.gateway OR leaders.gateway NOT IN (SELECT number FROM gateways)
        RETURNING gateway
        """)

    func leads(_ job: String) async throws -> Bool {
        let values: [SQLValue] = [.text(job), .integer(lease.number)]
        // Nothing is written while it stays as it is.
        if try await !rows(SharedDriver.leading, values).isEmpty { return true }
        return try await !rows(SharedDriver.lead, values).isEmpty
    }

    func close() async throws {
        await lease.end()
        await pool.close()
        hold?.release()
    }

    /// What the driver says, in the store's words: without SQL, values or the database's address.
    private func translating<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as PostgreSQLError {
            throw StorageError(database: error)
        }
    }
}

extension StorageError {
    static func translating<Value>(_ body: () throws(PostgreSQLError) -> Value) throws(StorageError) -> Value {
        do throws(PostgreSQLError) {
            return try body()
        } catch {
            throw StorageError(database: error)
        }
    }

    /// insufficient_privilege, of PostgreSQL's appendix A.
    private static let mayNot = "42501"

    init(database error: PostgreSQLError) {
        switch error.kind {
        case .badText: self.init(.badText, error.message)
        case .invalidURL: self.init(.databaseURL, error.message, hint: error.hint)
        case .cannotConnect:
            self.init(.unreachable, "the database can't be reached: \(error.message)", hint: error.hint)
        case .server where error.sqlState == StorageError.mayNot:
            self.init(
                .unreachable, "the database refuses: \(error.message)",
                hint: error.hint ?? "the user of the URL must own the database")
        case .server, .connectionLost, .commitUnknown, .rolledBack, .cancelled, .timeout, .tooLarge, .unsupportedType,
            .stalePlan, .poolExhausted, .closed, .misuse:
            self.init(.unreachable, "the database doesn't answer as it should: \(error.message)", hint: error.hint)
        }
    }
}
