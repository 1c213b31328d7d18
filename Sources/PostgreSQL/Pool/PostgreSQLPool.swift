import Dispatch
import Synchronization

/// At most so many sessions with one server, given out in the order in which they were asked for.
public final class PostgreSQLPool: Sendable {
    private let url: DatabaseURL
    private let settings: PoolSettings
    private let check: @Sendable (PostgreSQLConnection) async throws -> Void
    private let state: Mutex<PoolState>
    private let timers = DispatchQueue(label: "postgresql.pool")

    /// A pool of up to `maximum` sessions. They are opened when they are needed.
    ///
    /// - Parameter check: looks at each session that was opened before anybody gets it. One of which it throws is closed.
    public init(
        _ url: DatabaseURL, maximum: Int, _ settings: PoolSettings = PoolSettings(),
        checking check: @escaping @Sendable (PostgreSQLConnection) async throws -> Void = { _ in }
    ) {
        self.url = url
        self.settings = settings
        self.check = check
        state = Mutex(PoolState(maximum: maximum))
    }

    /// Lends a session for as long as `body` runs. A broken one is replaced.
    ///
    /// A transaction that `body` leaves open is rolled back; if `body` returns all the same, this throws `misuse`, and the
    /// same for statements that it sent without waiting. Throws `poolExhausted` if no session came free in time, `closed`,
    /// what ``PostgreSQLConnection/connect(_:_:)`` throws, and what the check of a new session does.
    public func withConnection<Value>(
        _ body: (PostgreSQLConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await acquire()
        let value: Value
        do {
            value = try await body(connection)
        } catch {
            await putBack(connection)
            throw error
        }
        let leftOpen = connection.isUsable && !connection.isIdle
        await putBack(connection)
        guard !leftOpen else {
            throw PostgreSQLError(.misuse, "a transaction was left open, or a statement wasn't waited for")
        }
        return value
    }

    /// Runs one statement on any session.
    public func query(_ sql: String, _ values: [SQLValue] = []) async throws -> ResultRows {
        try await withConnection { try await $0.query(sql, values) }
    }

    /// Refuses everybody who asks from now on, and returns when the sessions in use have come back and all are closed.
    public func close() async {
        let (waiting, idle) = state.withLock { $0.close() }
        for waiter in waiting { waiter.resume(returning: .failure(.poolClosed)) }
        for connection in idle { await connection.close() }
        await withCheckedContinuation { (closer: CheckedContinuation<Void, Never>) in
            state.withLock { $0.awaitEmpty(closer) }
            tellClosers()
        }
    }

    private func acquire() async throws -> PostgreSQLConnection {
        switch try await grant() {
        case .place: return try await open()
        case .session(let connection, let idleSince):
            if await isHealthy(connection, idleSince) { return connection }
            await connection.close()
            return try await open()
        }
    }

    private func isHealthy(_ connection: PostgreSQLConnection, _ idleSince: ContinuousClock.Instant) async -> Bool {
        guard connection.isUsable else { return false }
        guard idleSince.duration(to: .now) > settings.trustIdle else { return true }
        return await connection.answers(within: settings.checkLimit)
    }

    /// Opens a session in a place that was granted; if that fails, the place is somebody else's.
    private func open() async throws -> PostgreSQLConnection {
        do {
            let connection = try await PostgreSQLConnection.connect(url, settings.session)
            do {
                try await check(connection)
            } catch {
                await connection.close()
                throw error
            }
            return connection
        } catch {
            giveUpPlace()
            throw error
        }
    }

    private func giveUpPlace() {
        state.withLock { $0.giveUpPlace() }?.resume(returning: .success(.place))
        tellClosers()
    }

    private func tellClosers() {
        for closer in state.withLock({ $0.takeClosers() }) { closer.resume() }
    }

    private func putBack(_ connection: PostgreSQLConnection) async {
        if connection.isUsable, !connection.isIdle { await connection.rollBackOrClose() }
        let now = ContinuousClock.now
        guard connection.isUsable, !state.withLock({ $0.isClosed }) else {
            await connection.close()
            return giveUpPlace()
        }
        let waiter = state.withLock { $0.putBack(connection, at: now) }
        waiter?.resume(returning: .success(.session(connection, idleSince: now)))
        // The pool may have been closed just now; then nobody else would close what lies idle.
        if state.withLock({ $0.isClosed }) { await closeIdle() }
    }

    private func closeIdle() async {
        for connection in state.withLock({ $0.close().idle }) { await connection.close() }
        tellClosers()
    }

    /// A session or the right to open one, after waiting in line for it.
    private func grant() async throws(PostgreSQLError) -> PoolState.Grant {
        let ticket = Ticket()
        let result: Result<PoolState.Grant, PostgreSQLError> = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                guard let answer = stand(in: ticket, waiter) else { return expire(ticket) }
                waiter.resume(returning: answer)
            }
        } onCancel: {
            ticket.cancel()
            leave(ticket, PostgreSQLError(.cancelled, "the task was cancelled while it waited for a session"))
        }
        return try result.get()
    }

    /// An answer at once, or nil if the ticket waits.
    private func stand(in ticket: Ticket, _ waiter: PoolState.Waiter) -> Result<PoolState.Grant, PostgreSQLError>? {
        state.withLock { state in
            if state.isClosed { return .failure(.poolClosed) }
            if ticket.isCancelled { return .failure(.cancelledUnsent) }
            if let grant = state.take() { return .success(grant) }
            state.wait(ticket, waiter)
            return nil
        }
    }

    private func expire(_ ticket: Ticket) {
        let limit = settings.waitLimit
        timers.asyncAfter(deadline: .now() + .milliseconds(limit.milliseconds)) { [weak self] in
            self?.leave(
                ticket, PostgreSQLError(.poolExhausted, "no session with the database came free within \(limit)"))
        }
    }

    private func leave(_ ticket: Ticket, _ error: PostgreSQLError) {
        state.withLock { $0.leave(ticket) }?.resume(returning: .failure(error))
    }
}

extension PostgreSQLError {
    fileprivate static let poolClosed = PostgreSQLError(.closed, "the pool of sessions is closed")
}
