public import Authority
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
    private var postponed: [ChannelAccountID: [MailboxNumber: (writer: String, due: Timestamp)]] = [:]

    mutating func apply(_ change: MailboxChange) throws(CommitError) {
        switch change {
        case .move(let account, let before, let mark):
            guard marks[account]?.validity == before?.validity, marks[account]?.last == before?.last else {
                throw .exists("\(account)")
            }
            marks[account] = mark
            postponed[account] = postponed[account]?.filter { $0.key.validity == mark.validity }
        case .count(let account, let writer, let hour):
            counts = counts.filter { $0.key.account != account || $0.key.hour >= hour }
            counts[Writer(account: account, name: writer, hour: hour), default: 0] += 1
        case .postpone(let mail, let account, let due):
            postponed[account, default: [:]][mail.number] = (mail.writer, due)
        case .putOff(let account, let writer, let now, let due):
            postponed[account] = postponed[account]?.mapValues { waiting in
                waiting.writer == writer && waiting.due <= now ? (writer, due) : waiting
            }
        case .settle(let number, let account):
            guard postponed[account]?.removeValue(forKey: number) != nil else { throw .exists("\(number)") }
        }
    }

    func postponed(_ account: ChannelAccountID) -> Int { postponed[account]?.count ?? 0 }

    func postponed(_ account: ChannelAccountID, at now: Timestamp) -> [PostponedMail] {
        (postponed[account] ?? [:]).filter { $0.value.due <= now }
            .map { PostponedMail(number: $0.key, writer: $0.value.writer) }
            .sorted { $0.number.number < $1.number.number }
    }

    mutating func forget(_ account: ChannelAccountID) {
        marks[account] = nil
        postponed[account] = nil
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

    public func postponedMails(
        of account: ChannelAccountID, at now: Timestamp, limit: Int
    ) async throws -> [PostponedMail] {
        Array(state.withLock { $0.mailboxes.postponed(account, at: now) }.prefix(limit))
    }

    public func postponedMails(of account: ChannelAccountID) async throws -> Int {
        state.withLock { $0.mailboxes.postponed(account) }
    }
}

extension MemoryStore {
    /// Everything that was taken, in no order.
    public var inboxEntries: [InboxEntry] { state.withLock { Array($0.talk.inbox.values) } }
}
