public import Authority
public import Gate

/// Some of a leaving person's connections, and their end, which nobody has committed yet.
public struct LeavingBatch: Sendable {
    public struct Queued: Sendable, Hashable {
        /// What the revocation is found by.
        public let connection: ConnectionID
        public let provider: ProviderID
    }

    public internal(set) var transaction = Transaction()
    /// Whose secrets are destroyed with it.
    public internal(set) var own: [ConnectionID] = []
    /// The same, of agents that held an account of theirs.
    public internal(set) var held: [ConnectionID] = []
    /// What providers are told to end, one token each.
    public internal(set) var queued: [Queued] = []
    /// How many credentials each provider can't be told to end: they are good there until somebody ends them there.
    public internal(set) var untold: [ProviderID: Int] = [:]
    /// There are more, which can't be used any more after the cut, and whose secrets are still there.
    public internal(set) var hasMore = false

    public var connections: [ConnectionID] { own + held }
    public var isEmpty: Bool { own.isEmpty && held.isEmpty }

    mutating func bump(_ scope: EpochScope) {
        if !transaction.bumps.contains(scope) { transaction.bumps.append(scope) }
    }
}
