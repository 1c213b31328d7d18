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
    var watch: SocketWatch?
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
                self?.assumeIsolated { $0.finish(error) }
            }
            proceed(to: PGRES_POLLING_WRITING)
        }
        try result.get()
    }

    /// Callable from anywhere, also when the handshake is over.
    nonisolated func giveUpHandshake() {
        executor.queue.async { self.assumeIsolated { $0.finish(.cancelledConnecting) } }
    }

    private func proceed(to next: PostgresPollingStatusType) {
        guard let handshake else { return }
        switch next {
        case PGRES_POLLING_OK:
            let isReady =
                PQsetnonblocking(handshake.connection, 1) == 0 && PQenterPipelineMode(handshake.connection) == 1
            finish(isReady ? nil : handshake.refusal)
        case PGRES_POLLING_READING: awaitReady(.reading)
        case PGRES_POLLING_WRITING where PQstatus(handshake.connection) != CONNECTION_BAD: awaitReady(.writing)
        default: finish(handshake.refusal)
        }
    }

    /// libpq may go on with another socket after each step, so each has a watch of its own.
    private func awaitReady(_ direction: SocketWatch.Direction) {
        guard let connection = handshake?.connection else { return }
        let watch = SocketWatch(PQsocket(connection), for: direction, on: executor.queue) {
            self.assumeIsolated { $0.ready() }
        }
        guard let watch else { return finish(handshake?.refusal) }
        handshake?.watch = watch
    }

    private func ready() {
        guard let handshake, let watch = handshake.watch else { return }
        watch.end()
        self.handshake?.watch = nil
        proceed(to: PQconnectPoll(handshake.connection))
    }

    /// Ends the handshake if it isn't over.
    func finish(_ failure: PostgreSQLError?) {
        guard let handshake else { return }
        self.handshake = nil
        handshake.watch?.end()
        if let failure {
            outbox.fail(failure)
            PQfinish(handshake.connection)
            handshake.waiter.resume(returning: .failure(failure))
        } else {
            connection = handshake.connection
            watch(handshake.connection)
            handshake.waiter.resume(returning: .success(()))
        }
    }
}

extension Handshake {
    fileprivate var refusal: PostgreSQLError { parameters.refusal(connection) }
}

extension PostgreSQLError {
    fileprivate static let cancelledConnecting = PostgreSQLError(
        .cancelled, "the task was cancelled while it connected")
}
