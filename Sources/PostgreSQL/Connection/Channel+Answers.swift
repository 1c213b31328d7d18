import CLibpq

/// Reading what the server sends.
extension Channel {
    func watch(_ connection: OpaquePointer) {
        reader = SocketWatch(PQsocket(connection), for: .reading, on: executor.queue) { [weak self] in
            self?.assumeIsolated { $0.readable() }
        }
        if reader == nil { lose() }
    }

    /// Reads until nothing is left. When the server hangs up, dispatch tells it once, together with what came before, and
    /// nothing ever after; so the end has to be found now.
    func readable() {
        heard = .now
        while let connection {
            let isAlive = PQconsumeInput(connection) == 1
            // What came before the end is read even so: it may say why, or that all went well.
            takeAnswers(connection)
            guard self.connection != nil else { return }
            takeNotifications(connection)
            guard isAlive, PQstatus(connection) == CONNECTION_OK else { return lose() }
            guard SocketWatch.isReadable(PQsocket(connection)) else { break }
        }
        flush()
        pump()
    }

    private func takeAnswers(_ connection: OpaquePointer) {
        while let step = flight?.current, PQisBusy(connection) == 0 {
            guard let pointer = PQgetResult(connection) else {
                // The end of one step's answers; or the connection's, which the caller notices. A sync ends by its own.
                guard PQstatus(connection) == CONNECTION_OK else { return }
                if !step.isSync { flight?.advance() }
                continue
            }
            take(ServerResult(pointer), of: step)
        }
        guard let flight, flight.current == nil else { return }
        settle(flight, on: connection)
    }

    private func take(_ result: consuming ServerResult, of step: Flight.Step) {
        switch result.outcome {
        case .finished: finished(result, step)
        case .failed: failed(result, step)
        case .skipped: skipped(step)
        case .synced: flight?.advance()
        case .unreadable: flight?.failed(PostgreSQLError(.misuse, "the server began a copy, which isn't supported"))
        }
    }

    private func finished(_ result: borrowing ServerResult, _ step: Flight.Step) {
        guard case .execute(let index) = step, let statement = flight?.segment.statements[index] else { return }
        if statement.kind == .commit, result.tag == "ROLLBACK" {
            flight?.failed(
                PostgreSQLError(.rolledBack, "the transaction was rolled back, since a statement of it failed"))
        }
        guard statement.isWanted else { return }
        do throws(PostgreSQLError) {
            flight?.received(try result.rows())
        } catch {
            flight?.failed(error)
        }
    }

    private func failed(_ result: borrowing ServerResult, _ step: Flight.Step) {
        // A name that can't be deallocated isn't there, which is nobody's concern.
        if case .deallocate = step { return }
        skipped(step)
        // A sync fails when what it commits can't be.
        let statement = step.statement.flatMap { flight?.segment.statements[$0] }
        let error = result.error(of: statement)
        guard error.sqlState != nil else {
            // libpq's own words. Of a lost connection more is said at its end; else there was no room for the answer, and
            // what came of the statement isn't known.
            if let flight { self.flight?.failed(flight.sentCommit ? .commitUnknown : .answerLost) }
            return
        }
        if result.isFatal, flight?.mayHaveCommitted == true {
            flight?.failed(.commitUnknown)
        } else if flight?.cancelRequested == true, error.sqlState == ServerCode.queryCancelled {
            flight?.refused(PostgreSQLError(.cancelled, error.message, sqlState: error.sqlState))
        } else {
            if error.kind == .stalePlan, let statement { cache.expire(statement.sql) }
            flight?.refused(error)
        }
    }

    private func skipped(_ step: Flight.Step) {
        switch step {
        case .prepare(let index, let name):
            if let sql = flight?.segment.statements[index].sql { cache.drop(sql, named: name) }
        case .deallocate(let name): cache.stays(name)
        case .execute, .housekeepingSync, .sync: break
        }
    }

    /// The sync has come: what the segment did is done, and only now is anybody told.
    private func settle(_ flight: Flight, on connection: OpaquePointer) {
        self.flight = nil
        guard !flight.mayRepeat else {
            return transmit(flight.segment, on: connection, attempt: flight.attempt + 1)
        }
        outbox.answered(inTransaction: PQtransactionStatus(connection) != PQTRANS_IDLE)
        flight.segment.waiter.resume(returning: flight.outcome)
    }

    private func takeNotifications(_ connection: OpaquePointer) {
        while let notification = PQnotifies(connection) {
            defer { PQfreemem(notification) }
            let known = PostgreSQLNotification(
                channel: String(cString: notification.pointee.relname),
                payload: String(cString: notification.pointee.extra))
            if case .dropped = notificationSink.yield(known) { notificationSink.finish() }
        }
    }
}

extension Flight.Step {
    fileprivate var isSync: Bool { self == .sync || self == .housekeepingSync }

    /// Which statement of the segment the step is about.
    fileprivate var statement: Int? {
        switch self {
        case .prepare(let index, _), .execute(let index): index
        case .deallocate, .housekeepingSync, .sync: nil
        }
    }
}
