import Synchronization

/// One wait: whoever asked for it may give it up.
final class Ticket: Sendable {
    private let cancelled = Atomic(false)

    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    func cancel() {
        cancelled.store(true, ordering: .releasing)
    }
}

/// The statements between two waits, and who waits for them. They end with one sync of their own.
struct Segment: Sendable {
    typealias Outcome = Result<[ResultRows], PostgreSQLError>

    let ticket: Ticket
    let statements: [Statement]
    let waiter: CheckedContinuation<Outcome, Never>
}

/// What waits to be sent, in order. Anybody may add; the channel takes out.
final class Outbox: Sendable {
    private struct State {
        var open: [Statement] = []
        var closed: [Segment] = []
        var unanswered = 0
        var inTransaction = false
        var broken: PostgreSQLError?
    }

    private let state = Mutex(State())

    /// Whether no transaction is open, and nothing waits to be sent or to be answered.
    var isIdle: Bool { state.withLock { $0.open.isEmpty && $0.unanswered == 0 && !$0.inTransaction } }

    /// Why nothing can be sent any more, or nil.
    var failure: PostgreSQLError? { state.withLock { $0.broken } }

    func add(_ statement: Statement) throws(PostgreSQLError) {
        let broken = state.withLock { state -> PostgreSQLError? in
            if state.broken == nil { state.open.append(statement) }
            return state.broken
        }
        if let broken { throw broken }
    }

    /// Forgets the statements that nobody has waited for yet.
    func discardOpen() {
        state.withLock { $0.open = [] }
    }

    /// Closes the segment that is open, with `last` at its end, for `waiter`. Returns false if it won't be sent; then the
    /// waiter has been told.
    func close(_ ticket: Ticket, last: Statement?, waiter: CheckedContinuation<Segment.Outcome, Never>) -> Bool {
        let refusal = state.withLock { state -> PostgreSQLError? in
            let statements = state.open + (last.map { [$0] } ?? [])
            state.open = []
            if let broken = state.broken { return broken }
            if ticket.isCancelled { return .cancelledUnsent }
            state.closed.append(Segment(ticket: ticket, statements: statements, waiter: waiter))
            state.unanswered += 1
            return nil
        }
        guard let refusal else { return true }
        waiter.resume(returning: .failure(refusal))
        return false
    }

    func next() -> Segment? {
        state.withLock { $0.closed.isEmpty ? nil : $0.closed.removeFirst() }
    }

    /// The server has done with a segment, and says whether a transaction is open now.
    func answered(inTransaction: Bool) {
        state.withLock { state in
            state.unanswered -= 1
            state.inTransaction = inTransaction
        }
    }

    /// Takes the segment back if it hasn't been sent.
    func cancel(_ ticket: Ticket) {
        let segment = state.withLock { state -> Segment? in
            let index = state.closed.firstIndex { $0.ticket === ticket }
            if index != nil { state.unanswered -= 1 }
            return index.map { state.closed.remove(at: $0) }
        }
        segment?.waiter.resume(returning: .failure(.cancelledUnsent))
    }

    /// Refuses everything from now on with `error`, and what waits.
    func fail(_ error: PostgreSQLError) {
        let waiting = state.withLock { state in
            defer { (state.open, state.closed) = ([], []) }
            if state.broken == nil { state.broken = error }
            return state.closed
        }
        for segment in waiting { segment.waiter.resume(returning: .failure(error)) }
    }
}

extension PostgreSQLError {
    static let cancelledUnsent = PostgreSQLError(.cancelled, "the task was cancelled before its statement was sent")
}
