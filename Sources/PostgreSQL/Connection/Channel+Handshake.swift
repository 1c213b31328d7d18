import CLibpq
import Dispatch

/// A session that is being opened.
///
/// Its steps are callbacks on the channel's queue: a task that resumes needs one of Swift's threads for a moment, and where
/// all of those compute, the server would lose patience.
struct Handshake {
    typealias Waiter = CheckedContinuation<Result<Void, PostgreSQLError>, Never>

    let connection: OpaquePointer
    let parameters: ConnectionParameters
    let waiter: Waiter
    /// What the next step waits for.
    var source: (any DispatchSourceProtocol)?
    /// Why it is given up.
    var failure: PostgreSQLError?
}

extension Channel {
    /// Opens the session.
    func open(_ parameters: ConnectionParameters, within limit: Duration) async throws(PostgreSQLError) {
        guard !Task.isCancelled else { throw .cancelledConnecting }
        let result = await withCheckedContinuation { (waiter: Handshake.Waiter) in
            guard let connection = parameters.start() else {
                let error = PostgreSQLError(.cannotConnect, "there is no memory for a connection")
                return waiter.resume(returning: .failure(error))
            }
            PQsetNoticeProcessor(connection, { _, _ in }, nil)
            handshake = Handshake(connection: connection, parameters: parameters, waiter: waiter)
            executor.queue.asyncAfter(deadline: .now() + .milliseconds(limit.milliseconds)) { [weak self] in
                let error = PostgreSQLError(.timeout, "the server didn't finish the handshake within \(limit)")
                self?.assumeIsolated { $0.giveUp(error) }
            }
            proceed(to: PGRES_POLLING_WRITING)
        }
        try result.get()
    }

    /// Callable from anywhere, also when the handshake is over.
    nonisolated func giveUpHandshake() {
        executor.queue.async { self.assumeIsolated { $0.giveUp(.cancelledConnecting) } }
    }

    func giveUp(_ reason: PostgreSQLError) {
        guard handshake != nil else { return }
        handshake?.failure = reason
        handshake?.source?.cancel()
    }

    private func proceed(to next: PostgresPollingStatusType) {
        guard let handshake else { return }
        let connection = handshake.connection
        switch next {
        case PGRES_POLLING_OK:
            let isReady = PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1
            finish(isReady ? nil : handshake.refusal)
        case PGRES_POLLING_READING where PQsocket(connection) >= 0,
            PGRES_POLLING_WRITING where PQsocket(connection) >= 0 && PQstatus(connection) != CONNECTION_BAD:
            awaitReady(PQsocket(connection), forWriting: next == PGRES_POLLING_WRITING)
        default:
            finish(handshake.refusal)
        }
    }

    /// libpq may go on with another socket after each step, so each has a source of its own.
    private func awaitReady(_ socket: Int32, forWriting: Bool) {
        let source: any DispatchSourceProtocol =
            forWriting
            ? DispatchSource.makeWriteSource(fileDescriptor: socket, queue: executor.queue)
            : DispatchSource.makeReadSource(fileDescriptor: socket, queue: executor.queue)
        source.setEventHandler { [weak self] in self?.assumeIsolated { $0.handshake?.source?.cancel() } }
        // Only when the source has ended may libpq close the socket.
        source.setCancelHandler { self.assumeIsolated { $0.ready() } }
        handshake?.source = source
        source.activate()
    }

    private func ready() {
        guard let handshake else { return }
        if let failure = handshake.failure { return finish(failure) }
        proceed(to: PQconnectPoll(handshake.connection))
    }

    private func finish(_ failure: PostgreSQLError?) {
        guard let handshake else { return }
        self.handshake = nil
        if let failure {
            outbox.fail(failure)
            PQfinish(handshake.connection)
        } else {
            connection = handshake.connection
            watch(handshake.connection)
        }
        handshake.waiter.resume(returning: failure.map { .failure($0) } ?? .success(()))
    }
}

extension Handshake {
    fileprivate var refusal: PostgreSQLError {
        parameters.refusal(String(cString: PQerrorMessage(connection)))
    }
}

extension PostgreSQLError {
    fileprivate static let cancelledConnecting = PostgreSQLError(
        .cancelled, "the task was cancelled while it connected")
}
