/// The segment that the server works on, and what has come back of it. Only one is under way at a time, so that a cancel
/// request can't hit anybody else's statement.
struct Flight {
    /// What the server was asked to do, in the order of its answers.
    enum Step: Equatable {
        case deallocate(String)
        case prepare(index: Int, name: String)
        case execute(Int)
        /// Ends the deallocations, so that they are no part of the segment's transaction.
        case housekeepingSync
        case sync
    }

    let segment: Segment
    /// How often the segment has been sent, this time included.
    let attempt: Int
    private(set) var steps: [Step] = []
    private var position = 0
    /// The first step whose success would keep something.
    private var firstCommit: Int?
    private var results: [ResultRows] = []
    private var failure: PostgreSQLError?
    /// The server refused a statement before anything could have been committed, so nothing will be.
    private(set) var isUndone = false
    var cancelRequested = false
    private var writesByItself = false
    private var inTransaction: Bool
    /// No statement belongs to a transaction that another segment began or ends.
    private var standsAlone: Bool

    init(_ segment: Segment, attempt: Int, inTransaction: Bool) {
        self.segment = segment
        self.attempt = attempt
        self.inTransaction = inTransaction
        standsAlone = !inTransaction
    }

    /// The step that the next answer is about; nil when all have come.
    var current: Step? { position < steps.count ? steps[position] : nil }

    mutating func add(_ step: Step) {
        steps.append(step)
        switch step {
        case .execute(let index): note(segment.statements[index].kind)
        case .sync: if writesByItself { commits() }
        case .deallocate, .prepare, .housekeepingSync: break
        }
    }

    private mutating func note(_ kind: StatementKind) {
        switch kind {
        case .begin: (inTransaction, standsAlone) = (true, false)
        case .rollback: inTransaction = false
        case .commit:
            commits()
            inTransaction = false
        case .writing, .copy: if !inTransaction { writesByItself = true }
        case .harmless: break
        }
    }

    private mutating func commits() {
        firstCommit = firstCommit ?? steps.count - 1
    }

    mutating func advance() {
        position += 1
    }

    mutating func received(_ rows: ResultRows) {
        results.append(rows)
    }

    /// The server refused the step that is under way, and with it the transaction that it would have committed.
    mutating func refused(_ error: PostgreSQLError) {
        isUndone = isUndone || firstCommit.map { position <= $0 } ?? true
        failed(error)
    }

    /// The waiter is to be told of a failure; the first one counts.
    mutating func failed(_ error: PostgreSQLError) {
        failure = failure ?? error
    }

    /// Whether all of it may be sent once more: a statement had to be prepared anew, and nothing has been done.
    var mayRepeat: Bool {
        failure?.kind == .stalePlan && isUndone && standsAlone && !cancelRequested
            && attempt <= segment.statements.count
    }

    /// Whether the step that is under way, or one before it, may have committed something.
    var mayHaveCommitted: Bool { firstCommit.map { position >= $0 } ?? false }
    /// Whether anything was sent that commits.
    var sentCommit: Bool { firstCommit != nil }

    /// What the waiter is told, once the sync has come.
    var outcome: Segment.Outcome {
        guard let failure else { return .success(results) }
        return .failure(failure)
    }
}
