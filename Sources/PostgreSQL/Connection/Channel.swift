import CLibpq
import Dispatch

/// One session with the server: the only place that calls libpq, all of it on one serial queue that never waits.
actor Channel {
    nonisolated let executor = QueueExecutor(label: "postgresql")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated let outbox = Outbox()
    nonisolated let notifications: AsyncStream<PostgreSQLNotification>
    let notificationSink: AsyncStream<PostgreSQLNotification>.Continuation

    /// libpq's connection; nil before the handshake and after the end.
    var connection: OpaquePointer?
    var reader: SocketWatch?
    var writer: SocketWatch?
    var cache: StatementCache
    var flight: Flight?
    /// A cancel request is on its way; nothing else is sent until it has arrived.
    var isCancelling = false
    /// Set while the session is being opened.
    var handshake: Handshake?
    let silenceLimit: Duration?
    /// When the server said something last, or was asked.
    var heard = ContinuousClock.now
    /// One look at a time is ahead, however much is asked.
    var isListening = false

    init(statementsKept: Int, silenceLimit: Duration? = nil) {
        self.silenceLimit = silenceLimit
        cache = StatementCache(capacity: statementsKept)
        (notifications, notificationSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(10_000))
    }

    /// Sends what waits, if nothing is under way. Callable from anywhere.
    nonisolated func kick() {
        executor.queue.async { self.assumeIsolated { $0.pump() } }
    }

    func pump() {
        while flight == nil, !isCancelling, let connection, let segment = outbox.next() {
            transmit(segment, on: connection)
        }
    }

    func transmit(_ segment: Segment, on connection: OpaquePointer, attempt: Int = 1) {
        let status = PQtransactionStatus(connection)
        var flight = Flight(segment, attempt: attempt, inTransaction: status != PQTRANS_IDLE)
        var sent = true
        if status == PQTRANS_IDLE { sent = deallocate(on: connection, &flight) }
        for (index, statement) in segment.statements.enumerated() where sent {
            sent = send(statement, at: index, on: connection, &flight)
        }
        sent = sent && PQpipelineSync(connection) == 1
        if sent { flight.add(.sync) }
        self.flight = flight
        guard sent else { return lose() }
        heard = .now
        listen()
        flush()
    }

    private func deallocate(on connection: OpaquePointer, _ flight: inout Flight) -> Bool {
        let names = cache.takeLeaving()
        guard !names.isEmpty else { return true }
        for name in names {
            guard PQsendQueryParams(connection, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1) == 1 else {
                return false
            }
            flight.add(.deallocate(name))
        }
        flight.add(.housekeepingSync)
        return PQpipelineSync(connection) == 1
    }

    private func send(_ statement: Statement, at index: Int, on connection: OpaquePointer, _ flight: inout Flight)
        -> Bool
    {
        let name: String
        if let known = cache.name(of: statement.sql) {
            name = known
        } else {
            name = cache.add(statement.sql)
            guard PQsendPrepare(connection, name, statement.sql, 0, nil) == 1 else { return false }
            flight.add(.prepare(index: index, name: name))
        }
        let count = Int32(statement.parameters.count)
        let sent = statement.parameters.withPointers { values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { return false }
        flight.add(.execute(index))
        return true
    }

    /// Writes what libpq has buffered; what the socket doesn't take goes when it can.
    func flush() {
        guard let connection else { return }
        switch PQflush(connection) {
        case 0: return
        case 1: awaitWritable(connection)
        default: readable()
        }
    }

    private func awaitWritable(_ connection: OpaquePointer) {
        guard writer == nil else { return }
        writer = SocketWatch(PQsocket(connection), for: .writing, on: executor.queue) { [weak self] in
            self?.assumeIsolated {
                $0.writer?.end()
                $0.writer = nil
                $0.flush()
            }
        }
        if writer == nil { lose() }
    }
}
