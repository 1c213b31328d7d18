public import Wire

/// What was verified of a ledger without a fault.
public struct LedgerReport: Sendable, Hashable {
    /// An intent whose outcome isn't recorded: the effect may or may not have happened.
    public struct OpenIntent: Sendable, Hashable {
        /// The call that the intent belongs to.
        public let call: String
        /// The index of the intent.
        public let position: Int64
        /// When, in microseconds since 1970.
        public let time: Int64
    }

    /// The last heartbeat of a gateway.
    public struct Sign: Sendable, Hashable {
        public let gateway: String
        /// Microseconds since 1970.
        public let time: Int64
        /// Seconds until the next one was due.
        public let interval: Int64

        public init(gateway: String, time: Int64, interval: Int64) {
            self.gateway = gateway
            self.time = time
            self.interval = interval
        }

        /// Whether the next one should have come long ago.
        public func isOverdue(at now: Int64) -> Bool { now - time > 2 * interval * 1_000_000 + 10_000_000 }
    }

    /// How many records there are.
    public let records: Int64
    /// How many there are of each kind.
    public let kinds: [LeafKind: Int64]
    /// The root over all of them.
    public let root: Digest
    /// How many checkpoints were compared.
    public let checkpoints: Int
    /// The last of them. Compare it with one kept elsewhere: a ledger cut back to an older checkpoint, with the newer
    /// ones removed, looks whole by itself.
    public let lastCheckpoint: Checkpoint?
    /// The intents without an outcome, oldest first.
    public let openIntents: [OpenIntent]
    /// Where the tree doesn't show that a gateway ran and recorded everything, oldest first.
    public let silences: [LedgerSilence]
    /// The gateways that weren't stopped: they run, or have crashed since.
    public let running: [Sign]

    /// How many records came after the last checkpoint: they form a chain, but nobody has signed them yet.
    public var unsigned: Int64 { records - (lastCheckpoint?.size ?? 0) }
}
