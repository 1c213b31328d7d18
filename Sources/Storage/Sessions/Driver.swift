import Authority
import Gate

/// One of the two databases. Everything above it is the same for both.
protocol Driver: Sendable {
    /// The epochs and the ends of trees, as far as this process knows them.
    var memory: StoreMemory { get }

    /// The number under which this gateway's calls are open; 0 where no other can be.
    var gateway: Int64 { get }

    func rows(_ query: Query, _ values: [SQLValue]) async throws -> [Row]

    /// The one row that a key names. An embedded database answers on the caller's thread, so what it has to look at must be
    /// little.
    func find(_ query: Query, _ values: [SQLValue]) async throws -> Row?

    /// Reads the state of one moment with several queries.
    func snapshot<Answer: Sendable>(
        _ body: @escaping @Sendable (any Session) async throws -> Answer
    ) async throws -> Answer

    /// One durable statement of its own, beside the transactions.
    func write(_ query: Query, _ values: [SQLValue]) async throws

    /// Applies a group of transactions in one durable commit.
    func commit(_ group: [Transaction]) async -> GroupOutcome

    /// The numbers of gateways that let their lease run out; `[0]` where whoever opens the store was alone with it.
    func goneGateways() async throws -> [Int64]

    /// The records of approvals that may be carried out and that no other living gateway carries out.
    func claimReady(limit: Int) async throws -> [Row]

    /// Takes rows of a queue for this gateway, those that it has already included: none that another living gateway has.
    ///
    /// - Parameter each: of one lane at the most.
    func claim(_ queue: WorkQueue, at now: Timestamp, each: Int, limit: Int) async throws -> [Row]

    /// Whether this gateway is the one that does a job of which there is one. It stays so while its lease is held.
    func leads(_ job: String) async throws -> Bool

    func close() async throws
}

/// What became of a group: one result for each of its transactions, in their order.
struct GroupOutcome: Sendable {
    let results: [Result<Void, CommitError>]
    /// False when the commit failed for the store's own sake.
    let isWritable: Bool
}
