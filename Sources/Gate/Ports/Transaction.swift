public import Authority
public import Ledger
import Synchronization
public import Wire

/// Which tree a leaf goes into.
public enum TreeID: Hashable, Sendable {
    case system
    case organization(OrganizationID)

    public var raw: String {
        switch self {
        case .system: "system"
        case .organization(let organization): "organization/\(organization)"
        }
    }

    /// Reads what `raw` wrote.
    public init(raw: String) {
        let prefix = "organization/"
        self = raw.hasPrefix(prefix) ? .organization(OrganizationID(String(raw.dropFirst(prefix.count)))) : .system
    }
}

/// A leaf and the tree that it goes into.
public struct PlacedLeaf: Sendable {
    public let tree: TreeID
    public let leaf: Leaf
    /// Where the store says which place it got, for whoever asked.
    public var slot: LeafSlot?

    public init(_ leaf: Leaf, in tree: TreeID) {
        self.tree = tree
        self.leaf = leaf
    }
}

/// Where a leaf stands.
public struct LeafPlace: Sendable, Hashable {
    public let tree: TreeID
    public let index: Int64
    public let hash: Digest

    public init(tree: TreeID, index: Int64, hash: Digest) {
        self.tree = tree
        self.index = index
        self.hash = hash
    }
}

/// Filled by the store while it appends. What it says holds once the commit has succeeded, and not before.
public final class LeafSlot: Sendable {
    private let filled = Mutex<LeafPlace?>(nil)

    public init() {}

    public var place: LeafPlace? { filled.withLock { $0 } }

    public func fill(_ place: LeafPlace) { filled.withLock { $0 = place } }
}

/// A change of stored state. Each use case has one closed enum of its own; a store that is handed another refuses the
/// whole transaction.
public protocol StoredChange: Sendable {}

/// Everything that happens together or not at all: what must still hold, what is spent, what is recorded, what changes.
///
/// It is a value, so that many callers' transactions can share one durable commit, and so that a store over a network
/// can send it in one round trip.
public struct Transaction: Sendable {
    /// Compared first. If one has moved, nothing happens.
    public var requires: [EpochReading]
    /// Bumped, so that what read them decides again.
    public var bumps: [EpochScope]
    public var spends: [BudgetSpend]
    public var changes: [any StoredChange]
    /// Appended in this order.
    public var leaves: [PlacedLeaf]

    public init(
        requires: [EpochReading] = [], bumps: [EpochScope] = [], spends: [BudgetSpend] = [],
        changes: [any StoredChange] = [], leaves: [PlacedLeaf] = []
    ) {
        self.requires = requires
        self.bumps = bumps
        self.spends = spends
        self.changes = changes
        self.leaves = leaves
    }
}

/// One unit of a budget, spent in the commit: refused there when the limit is reached.
public struct BudgetSpend: Hashable, Sendable {
    public let window: BudgetWindow
    public let limit: Int

    public init(window: BudgetWindow, limit: Int) {
        self.window = window
        self.limit = limit
    }
}

/// One minute or one day of one agent.
public struct BudgetWindow: Hashable, Sendable {
    public enum Length: String, Sendable, CaseIterable {
        case minute, day

        var microseconds: Int64 {
            switch self {
            case .minute: 60_000_000
            case .day: 86_400_000_000
            }
        }
    }

    public let organization: OrganizationID
    public let agent: AgentID
    public let length: Length
    /// How many whole windows have passed since 1970.
    public let number: Int64

    public init(organization: OrganizationID, agent: AgentID, length: Length, at time: Timestamp) {
        self.organization = organization
        self.agent = agent
        self.length = length
        number = time.microseconds / length.microseconds
    }
}

/// Why a commit didn't happen.
public enum CommitError: Error, Sendable {
    /// An epoch that the transaction requires has moved: decide again.
    case moved(EpochScope)
    case budgetSpent(BudgetWindow)
    /// The same effect is open or its outcome is unknown.
    case identicalCall(CallID, CallState)
    /// A row that must be new exists already.
    case exists(String)
    /// The approval isn't in the state that the step is taken from; this is the one that it is in.
    case approval(ApprovalID, String)
    /// The window isn't open any more.
    case window(WindowID)
    /// So many asks of one source, or of one approver, wait already.
    case tooManyAsks(Int)
    /// The store can't write. Nothing is done until it can.
    case unavailable(String)
}
