/// Who has which session. A value without effects: whoever holds its lock does what it answers.
struct PoolState {
    /// What somebody who asked for a session gets.
    enum Grant {
        /// This session, which has been idle since then.
        case session(PostgreSQLConnection, idleSince: ContinuousClock.Instant)
        /// The right to open one.
        case place
    }

    typealias Waiter = CheckedContinuation<Result<Grant, PostgreSQLError>, Never>

    private let maximum: Int
    private var idle: [(connection: PostgreSQLConnection, since: ContinuousClock.Instant)] = []
    private var waiting: [(ticket: Ticket, waiter: Waiter)] = []
    private var closers: [CheckedContinuation<Void, Never>] = []
    /// Sessions that are idle, in use or being opened.
    private(set) var total = 0
    private(set) var isClosed = false

    init(maximum: Int) {
        self.maximum = max(1, maximum)
    }

    /// A session or a place at once; nil if all are in use. The session that was used last goes first, so that those that
    /// aren't needed stay idle.
    mutating func take() -> Grant? {
        if let last = idle.popLast() { return .session(last.connection, idleSince: last.since) }
        guard total < maximum else { return nil }
        total += 1
        return .place
    }

    mutating func wait(_ ticket: Ticket, _ waiter: Waiter) {
        waiting.append((ticket, waiter))
    }

    /// Somebody who gives up waiting, if they still wait.
    mutating func leave(_ ticket: Ticket) -> Waiter? {
        waiting.firstIndex { $0.ticket === ticket }.map { waiting.remove(at: $0).waiter }
    }

    /// A session that comes back. Whoever has waited longest gets it; nil if it stays idle. Not to be called when closed.
    mutating func putBack(_ connection: PostgreSQLConnection, at now: ContinuousClock.Instant) -> Waiter? {
        guard waiting.isEmpty else { return waiting.removeFirst().waiter }
        idle.append((connection, now))
        return nil
    }

    /// A session that is gone. Whoever has waited longest may open another.
    mutating func giveUpPlace() -> Waiter? {
        guard waiting.isEmpty || isClosed else { return waiting.removeFirst().waiter }
        total -= 1
        return nil
    }

    /// Nobody gets a session any more. Returns who waited, and the idle sessions, which are gone.
    mutating func close() -> (waiting: [Waiter], idle: [PostgreSQLConnection]) {
        isClosed = true
        defer { (waiting, idle) = ([], []) }
        total -= idle.count
        return (waiting.map(\.waiter), idle.map(\.connection))
    }

    mutating func awaitEmpty(_ closer: CheckedContinuation<Void, Never>) {
        closers.append(closer)
    }

    /// Who is to be told that the pool is closed and empty.
    mutating func takeClosers() -> [CheckedContinuation<Void, Never>] {
        guard isClosed, total == 0 else { return [] }
        defer { closers = [] }
        return closers
    }
}
