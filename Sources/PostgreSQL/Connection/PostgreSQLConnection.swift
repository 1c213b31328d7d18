import Dispatch

/// One session with a PostgreSQL server. Statements go out in the order in which they were given, and no thread ever
/// waits for an answer.
///
/// What ``send(_:_:)`` takes stays here until the next wait (``query(_:_:)``, ``execute(_:_:)`` or ``sync()``), which
/// sends it all at once. Outside of `BEGIN` … `COMMIT`, what goes out together is one transaction: all of it is kept or
/// nothing. Nobody is told of a success before the server has said that it is done with all of them.
///
/// A session is for one task at a time; a second task's statements wait for the first one's, and stand in whatever
/// transaction that one has open.
public final class PostgreSQLConnection: Sendable {
    let channel: Channel

    private init(_ channel: Channel) {
        self.channel = channel
    }

    deinit {
        let channel = channel
        channel.executor.queue.async { channel.assumeIsolated { $0.close() } }
    }

    /// Opens a session. Throws `cannotConnect`, `timeout` or `cancelled`. Names are resolved on a thread of their own, which
    /// neither the limit nor a cancellation ends early.
    public static func connect(
        _ url: DatabaseURL, _ settings: SessionSettings = SessionSettings()
    ) async throws(PostgreSQLError) -> PostgreSQLConnection {
        let channel = Channel(statementsKept: settings.statementsKept, silenceLimit: settings.silenceLimit)
        let parameters = try await ConnectionParameters(url, settings).resolved()
        let opened: Result<Void, PostgreSQLError> = await withTaskCancellationHandler {
            do throws(PostgreSQLError) {
                return .success(try await channel.open(parameters, within: settings.connectLimit))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            channel.giveUpHandshake()
        }
        try opened.get()
        return PostgreSQLConnection(channel)
    }

    /// Adds a statement to what goes out with the next wait, which throws its error if it fails.
    ///
    /// Throws `badText` or `tooLarge` for what can't be sent, `misuse` for `COMMIT`, whose answer has to be waited for,
    /// and the reason if the connection has ended.
    public func send(_ sql: String, _ values: [SQLValue] = []) throws(PostgreSQLError) {
        try add(Statement(sql, values, isWanted: false))
    }

    func add(_ statement: Statement) throws(PostgreSQLError) {
        guard statement.kind != .commit else {
            throw PostgreSQLError(.misuse, "a COMMIT was sent without waiting for it", hint: "use `execute`")
        }
        try channel.outbox.add(checked(statement))
    }

    /// Sends what waits and this statement, and returns its rows.
    ///
    /// Throws the first error among all that went out. After one inside a transaction the server takes nothing but
    /// `ROLLBACK`. If the task is cancelled, so is the statement on the server; what is told is what happened.
    public func query(_ sql: String, _ values: [SQLValue] = []) async throws(PostgreSQLError) -> ResultRows {
        let statement = try checked(Statement(sql, values, isWanted: true))
        return try await wait(for: statement).last ?? ResultRows()
    }

    /// As ``query(_:_:)``, for a statement whose rows nobody needs. Returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: String, _ values: [SQLValue] = []) async throws(PostgreSQLError) -> Int {
        try await query(sql, values).affected
    }

    /// Sends what waits, and returns when the server has done it. Without anything that waits it shows that the server
    /// answers.
    public func sync() async throws(PostgreSQLError) {
        _ = try await wait(for: nil)
    }

    /// Ends a transaction that may be open, also when the task is cancelled. What waits to be sent is forgotten.
    func rollBack() async throws(PostgreSQLError) {
        channel.outbox.discardOpen()
        let statement = try Statement("ROLLBACK", [], isWanted: false)
        _ = try await enqueue(statement, Ticket()).get()
    }

    /// What the server tells of the channels that `LISTEN` named. It ends with the connection, and also if nobody takes
    /// the notifications away: then some are missing.
    public var notifications: AsyncStream<PostgreSQLNotification> { channel.notifications }

    /// Whether statements can still be sent, as far as is known.
    public var isUsable: Bool { channel.outbox.failure == nil }

    /// Why statements can't be sent any more, or nil.
    public var failure: PostgreSQLError? { channel.outbox.failure }

    /// Whether no transaction is open and nothing is under way.
    var isIdle: Bool { channel.outbox.isIdle }

    /// Asks the server for a sign of life. One that doesn't come in time ends the session.
    func answers(within limit: Duration) async -> Bool {
        let ticket = Ticket()
        channel.expire(ticket, after: limit)
        if case .success = await enqueue(nil, ticket) { return true }
        return false
    }

    /// Ends the session. What waits is told `closed`, or `commitUnknown` if it may have been done.
    public func close() async {
        await channel.close()
    }

    private func checked(_ statement: Statement) throws(PostgreSQLError) -> Statement {
        guard statement.kind != .copy else {
            throw PostgreSQLError(.misuse, "COPY isn't supported", hint: "use INSERT, several to one wait")
        }
        return statement
    }

    func wait(for last: Statement?) async throws(PostgreSQLError) -> [ResultRows] {
        let ticket = Ticket()
        let outcome = await withTaskCancellationHandler {
            await enqueue(last, ticket)
        } onCancel: {
            channel.cancel(ticket)
        }
        return try outcome.get()
    }

    private func enqueue(_ last: Statement?, _ ticket: Ticket) async -> Segment.Outcome {
        await withCheckedContinuation { waiter in
            if channel.outbox.close(ticket, last: last, waiter: waiter) { channel.kick() }
        }
    }
}
