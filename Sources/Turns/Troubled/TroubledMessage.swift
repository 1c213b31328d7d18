public import Authority

/// A message that came to nothing, as the operator may see it: never its words, nor who wrote it.
public struct TroubledMessage: Sendable, Hashable {
    public enum Trouble: String, Sendable, CaseIterable {
        /// Written to an agent, and set aside: no turn began with it.
        case aside = "set-aside"
        /// Written to an agent, and its turn couldn't go on. Tried again, it goes on where it was.
        case stuck
        /// Of an agent, and certainly not delivered.
        case failed
        /// Of an agent. It may have arrived.
        case unknown

        /// Whether trying again can't do anything twice.
        public var isCertain: Bool {
            switch self {
            case .aside, .stuck, .failed: true
            case .unknown: false
            }
        }
    }

    public let id: String
    public let trouble: Trouble
    public let account: ChannelAccountID
    public let time: Timestamp
    public let attempts: Int
    /// Bytes of its words, as they are kept sealed; nil when they were erased.
    public let bytes: Int?
    public let reason: String
}
