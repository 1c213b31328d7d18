import Gate

/// One connection in the middle of one transaction, of which everything stays or nothing.
protocol Session: Sendable {
    /// The fencing number of this gateway's lease; 0 where only one process holds the store at a time.
    var gateway: Int64 { get }

    /// Runs a statement whose answer nobody needs. A driver may send it later, with what follows.
    func run(_ query: Query, _ values: [any Storable]) async throws

    func rows(_ query: Query, _ values: [any Storable]) async throws -> [Row]

    /// Runs a statement that must answer with a row; one that took what must be another's own answers with none.
    ///
    /// - Throws: `failure` when there is no row. A driver that sends many statements at once may throw something else
    ///   first, and have the transaction run again step by step.
    func expectRow(_ query: Query, _ values: [any Storable], orElse failure: CommitError) async throws

    /// From here to `keep` or `undo` everything can be taken back.
    func begin() async throws
    func keep() async throws
    /// - Throws: when the whole transaction is lost.
    func undo(after error: any Error) async throws
}

extension Session {
    func row(_ query: Query, _ values: [any Storable]) async throws -> Row? {
        try await rows(query, values).first
    }

    func run(_ query: Query) async throws { try await run(query, []) }
    func rows(_ query: Query) async throws -> [Row] { try await rows(query, []) }
}
