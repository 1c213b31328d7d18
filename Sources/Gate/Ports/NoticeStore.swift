public import Authority

/// The outbox, for reading. Changing it is a transaction's.
public protocol NoticeStore: Sendable {
    /// Whether this gateway is the one that sends them. Of several that share a store one does, for as long as it lives.
    func sendsNotices() async throws -> Bool
    /// Everything that is neither delivered nor given up, oldest first.
    func openNotices() async throws -> [QueuedNotice]
    /// What was settled at this time or later, oldest first.
    func notices(settledSince time: Timestamp) async throws -> [QueuedNotice]
    /// How many there are of each state.
    func noticeCounts() async throws -> [NoticeState: Int]
    /// The sealed settings; nil when there are none.
    func noticeSettings() async throws -> [UInt8]?
}

/// What happens to the outbox in the store.
public enum NoticeChange: StoredChange {
    /// Refused as `exists` when its id is there already.
    case add(QueuedNotice)
    /// Nothing happens when its id is there already.
    case tell(QueuedNotice)
    /// Forgets what was settled before this time.
    case prune(settledBefore: Timestamp)
    /// Refused as `exists` when it isn't there, or is settled.
    case replace(QueuedNotice)
    /// Takes the place of the settings. The bytes are sealed.
    case settings([UInt8])
}
