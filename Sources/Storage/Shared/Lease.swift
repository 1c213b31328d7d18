import PostgreSQL
import Synchronization

/// This gateway's place among those that share a database: a number that is never given twice, held while it is renewed.
///
/// Whoever finds that a lease has run out deletes its row and says `unknown` of its open calls, in one commit; a commit of
/// the gateway that lost it finds no row and fails.
final class Lease: Sendable {
    /// How long a gateway may be silent before another takes over.
    static let seconds = 15
    static let renewal = Duration.seconds(3)

    let number: Int64
    /// Of one session, so that it is renewed however busy the others are.
    private let pool: PostgreSQLPool
    private let isLost = Mutex(false)
    private let clock: Mutex<DatabaseClock>
    private let renewals = Mutex(Renewals(since: .now))
    private let renewing = Mutex<Task<Void, Never>?>(nil)

    private static let take = """
        WITH next AS (
          INSERT INTO sequencers (name, number) VALUES ('gateways', 1)
          ON CONFLICT (name) DO UPDATE SET number = sequencers.number + 1 RETURNING number)
        INSERT INTO gateways (number, name, until, place)
        SELECT number, $1, CAST(EXTRACT(EPOCH FROM clock_timestamp() + CAST($2 AS TEXT)::interval) * 1000000 AS BIGINT), $3
        FROM next RETURNING number, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)
        """
    private static let renew = """
        UPDATE gateways
        SET until = CAST(EXTRACT(EPOCH FROM clock_timestamp() + CAST($1 AS TEXT)::interval) * 1000000 AS BIGINT)
        WHERE number = $2 RETURNING CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)
        """
    // With calls of its own still open it stays, and whoever takes over finds them.
    private static let giveBack = """
        DELETE FROM gateways WHERE number = $1
        AND NOT EXISTS (SELECT 1 FROM calls WHERE gateway = $1 AND state = 'open')
        """

    private init(number: Int64, pool: PostgreSQLPool, clock: DatabaseClock) {
        self.number = number
        self.pool = pool
        self.clock = Mutex(clock)
    }

    /// In microseconds since 1970, by the database's clock, which is one for all gateways.
    var time: Int64 { clock.withLock(\.now) }

    /// - Parameter place: of the gateway's folder, which one process at a time holds; nil for none.
    static func take(named name: String, at place: String? = nil, in url: DatabaseURL) async throws -> Lease {
        let pool = PostgreSQLPool(url, maximum: 1, pooling)
        do {
            let answer = try await pool.withConnection { connection in
                try await connection.query(
                    take,
                    [
                        .text(name), .text("\(seconds) seconds"), .text(place.map { "\(name)/\($0)" } ?? ""),
                    ])
            }
            guard let row = answer.rows.first, case .integer(let number) = row[0], case .integer(let time) = row[1]
            else {
                throw StorageError(.corrupt, "the shared database gives no number to this gateway")
            }
            let lease = Lease(number: number, pool: pool, clock: DatabaseClock(said: time))
            lease.renewing.withLock { $0 = Task { await lease.renew() } }
            return lease
        } catch {
            await pool.close()
            throw error
        }
    }

    private static var pooling: PoolSettings {
        var settings = PoolSettings()
        settings.session.connectLimit = .seconds(5)
        settings.session.silenceLimit = .seconds(5)
        return settings
    }

    /// Whether whose lease has run out is gone.
    var mayJudge: Bool { renewals.withLock { $0.mayJudge(at: .now) } }

    /// Whether another gateway has taken over.
    var hasBeenLost: Bool { isLost.withLock { $0 } }

    func lose() { isLost.withLock { $0 = true } }

    private func renew() async {
        while !Task.isCancelled, !hasBeenLost {
            guard (try? await Task.sleep(for: Lease.renewal)) != nil else { return }
            let number = number
            let answer = try? await pool.withConnection { connection in
                try await connection.query(Lease.renew, [.text("\(Lease.seconds) seconds"), .integer(number)])
            }
            guard let answer else { continue }
            if answer.rows.isEmpty { lose() } else { renewals.withLock { $0.renewed(at: .now) } }
            if case .integer(let time)? = answer.rows.first?.first {
                clock.withLock { $0 = DatabaseClock(said: time) }
            }
        }
    }

    /// Ends the renewing, not the lease: nothing renews it once this returns.
    func stop() async {
        let task = renewing.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    func end() async {
        await stop()
        let number = number
        _ = try? await pool.withConnection { connection in
            try await connection.execute(Lease.giveBack, [.integer(number)])
        }
        await pool.close()
    }
}

/// What time the database said it was, and when that was.
private struct DatabaseClock {
    private let said: Int64
    private let heard = ContinuousClock.now

    init(said: Int64) {
        self.said = said
    }

    var now: Int64 {
        let passed = (ContinuousClock.now - heard).components
        return said + passed.seconds * 1_000_000 + passed.attoseconds / 1_000_000_000_000
    }
}
