public import Authority
import Ledger
public import Wire

/// The one way to change anything.
public protocol Commits: Sendable {
    /// Applies the whole transaction durably, or nothing of it. When it returns, a crash can't take it back.
    func commit(_ transaction: Transaction) async throws(CommitError)

    /// Queues a transaction for the next commit, at most one second away. For the outcomes of reads only.
    func submit(_ transaction: Transaction)

    /// The value that an epoch has, 0 before its first bump; below 0 when it can't be read, which no commit takes. From
    /// memory where it is known. The commit compares with the durable one.
    func epoch(of scope: EpochScope) async -> Int64

    /// The same, if this process knows it without asking.
    func knownEpoch(of scope: EpochScope) -> Int64?
}

extension Commits {
    /// For a commit that compares it. To be asked for before whatever is read under it.
    public func reading(_ scope: EpochScope) async -> EpochReading {
        EpochReading(scope: scope, value: await epoch(of: scope))
    }

    public func readings(of scopes: some Sequence<EpochScope>) async -> [EpochReading] {
        var readings: [EpochReading] = []
        for scope in scopes { readings.append(await reading(scope)) }
        return readings
    }
}

/// What sessions have seen.
public protocol SessionStates: Sendable {
    func state(of session: SessionKey) async throws -> SessionState?
    /// At most `limit` sessions of an organization, those used last first.
    func sessions(in organization: OrganizationID, limit: Int) async throws -> [StoredSession]
}

/// Calls that have an intent and no known outcome.
public protocol OpenCalls: Sendable {
    func openCalls() async throws -> [OpenCall]
    func openCall(_ id: CallID) async throws -> OpenCall?
    /// The calls that this gateway has open, none of them unknown.
    func ownCalls() async throws -> [OpenCall]
    /// The open calls of gateways that are gone, none of them unknown yet: the gateway let its lease run out, or this
    /// process holds a store that only one process holds at a time. One element for each such gateway.
    func abandonedCalls() async throws -> [AbandonedCalls]
}

/// What a gateway that is gone left without an outcome.
public struct AbandonedCalls: Sendable {
    /// The fencing number of the gateway's lease; 0 for the one before this in an embedded store.
    public let gateway: Int64
    public let calls: [OpenCall]

    public init(gateway: Int64, calls: [OpenCall]) {
        self.gateway = gateway
        self.calls = calls
    }
}

/// How much of a budget window is used.
public protocol Budgets: Sendable {
    func used(_ window: BudgetWindow) async throws -> Int
}

/// The trees, for reading. Appending is a transaction's.
public protocol LedgerStore: Sendable {
    func trees() async throws -> [TreeID]
    /// At most `limit` records from `index` on, in order.
    func records(of tree: TreeID, from index: Int64, limit: Int) async throws -> [StoredRecord]
    func head(of tree: TreeID) async throws -> TreeHead
    /// The hashes of perfect subtrees of one level that ``LedgerNodes`` keeps, in order; fewer than `count` where the tree
    /// ends or they weren't kept.
    func hashes(of tree: TreeID, level: Int, from index: Int64, count: Int) async throws -> [Digest]
    /// By size, the smallest first.
    func checkpoints(of tree: TreeID) async throws -> [String]
    /// The largest ones, the largest first.
    func latestCheckpoints(of tree: TreeID, limit: Int) async throws -> [String]
    func keep(checkpoint: String, size: Int64, of tree: TreeID) async throws
}

/// Arguments and results, beside the tree and erasable.
public protocol Payloads: Sendable {
    func payload(_ id: String) async throws -> Payload?
}

/// Which inner nodes of a tree are kept, so that a proof reads some hundred hashes and not the tree.
public enum LedgerNodes {
    /// Leaves, and every eighth level above them (C2SP tlog-tiles has the same).
    public static func isKept(level: Int) -> Bool { level % 8 == 0 }
}

public struct StoredRecord: Sendable {
    public let index: Int64
    public let bytes: [UInt8]
    public let hash: Digest

    public init(index: Int64, bytes: [UInt8], hash: Digest) {
        self.index = index
        self.bytes = bytes
        self.hash = hash
    }
}

public struct TreeHead: Sendable, Equatable {
    public let size: Int64
    public let root: Digest

    public init(size: Int64, root: Digest) {
        self.size = size
        self.root = root
    }
}

/// One sealed argument list or result, with the key of its digest in the tree.
public struct Payload: Sendable {
    public let id: String
    public let digestKey: [UInt8]
    public let sealed: [UInt8]

    public init(id: String, digestKey: [UInt8], sealed: [UInt8]) {
        self.id = id
        self.digestKey = digestKey
        self.sealed = sealed
    }
}
