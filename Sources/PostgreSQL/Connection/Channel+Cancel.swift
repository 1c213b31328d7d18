import CLibpq
import Dispatch

/// Cancelling what a task waits for.
extension Channel {
    /// How long a cancelled statement may go without an answer before the connection is given up.
    private static var patience: Duration { .seconds(10) }
    /// A request that reaches the server before its statement is forgotten there, so it is repeated.
    private static var repetition: DispatchTimeInterval { .milliseconds(200) }

    /// Callable from anywhere. The waiter is told by the statement's own answer, which may still be success.
    nonisolated func cancel(_ ticket: Ticket) {
        ticket.cancel()
        executor.queue.async { self.assumeIsolated { $0.cancelled(ticket) } }
    }

    private func cancelled(_ ticket: Ticket) {
        guard isUnderWay(ticket) else { return outbox.cancel(ticket) }
        guard flight?.cancelRequested == false else { return }
        flight?.cancelRequested = true
        requestCancel(ticket)
        expire(ticket, after: Self.patience)
    }

    /// Gives the connection up if the wait isn't over by then. Callable from anywhere.
    nonisolated func expire(_ ticket: Ticket, after limit: Duration) {
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(limit.milliseconds)) { [weak self] in
            self?.assumeIsolated { if $0.isUnderWay(ticket) { $0.lose() } }
        }
    }

    private func isUnderWay(_ ticket: Ticket) -> Bool {
        flight?.segment.ticket === ticket
    }

    private func requestCancel(_ ticket: Ticket) {
        guard isUnderWay(ticket), let connection, let request = PQgetCancel(connection).map(CancelRequest.init) else {
            return
        }
        isCancelling = true
        BlockingThread.run { [executor] in
            request.send()
            executor.queue.async { self.assumeIsolated { $0.requested(ticket) } }
        }
    }

    private func requested(_ ticket: Ticket) {
        isCancelling = false
        pump()
        executor.queue.asyncAfter(deadline: .now() + Self.repetition) { [weak self] in
            self?.assumeIsolated { $0.requestCancel(ticket) }
        }
    }
}

/// What cancels a session's statement, over a connection of its own. libpq allows it from any thread, and it is sent once.
struct CancelRequest: Sendable {
    nonisolated(unsafe) private let request: OpaquePointer

    init(_ request: OpaquePointer) {
        self.request = request
    }

    /// Blocks until the server has taken the request, or can't be reached. Whether it helped, the statement's answer says.
    func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            _ = PQcancel(request, text.baseAddress, Int32(text.count))
        }
        PQfreeCancel(request)
    }
}
