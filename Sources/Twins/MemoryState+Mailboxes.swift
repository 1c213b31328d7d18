import Gate
import Synchronization
public import Turns

/// Mailboxes in memory.
struct MailboxesState: Sendable {
    private struct Writer: Hashable {
        let account: ChannelAccountID
        let name: String
        let hour: Int64
    }

    private var marks: [ChannelAccountID: MailboxMark] = [:]
    private var counts: [Writer: Int] = [:]

    mutating func apply(_ change: MailboxChange) throws(CommitError) {
        switch change {
        case .move(let account, let before, let mark):
            guard marks[account]?.validity == before?.validity, marks[account]?.last == before?.last else {
                throw .exists("\(account)")
            }
            marks[account] = mark
        case .count(let account, let writer, let hour):
            counts = counts.filter { $0.key.account != account || $0.key.hour >= hour }
            counts[Writer(account: account, name: writer, hour: hour), default: 0] += 1
        }
    }

    mutating func forget(_ account: ChannelAccountID) {
        marks[account] = nil
        counts = counts.filter { $0.key.account != account }
    }

    func mark(_ account: ChannelAccountID) -> MailboxMark? { marks[account] }

    func count(_ account: ChannelAccountID, _ writer: String, _ hour: Int64) -> Int {
        counts[Writer(account: account, name: writer, hour: hour)] ?? 0
    }
}

extension MemoryStore: MailboxStore {
    public func mailboxMark(of account: ChannelAccountID) async throws -> MailboxMark? {
        state.withLock { $0.mailboxes.mark(account) }
    }

    public func mailCount(of account: ChannelAccountID, from writer: String, in hour: Int64) async throws -> Int {
        state.withLock { $0.mailboxes.count(account, writer, hour) }
    }
}

extension MemoryStore {
    /// Everything that was taken, in no order.
    public var inboxEntries: [InboxEntry] { state.withLock { Array($0.talk.inbox.values) } }
}
