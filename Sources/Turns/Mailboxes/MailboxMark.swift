import Authority
public import Gate

/// How far an account's mailbox was read. What is stored of a message and this are one commit, so that nothing is taken twice,
/// and nothing is passed over.
public struct MailboxMark: Sendable, Hashable {
    public let validity: UInt32
    /// The highest number that was looked at.
    public let last: UInt32
    /// Whether that one was taken, and so has to be marked as read.
    public let isTaken: Bool

    public init(validity: UInt32, last: UInt32, isTaken: Bool) {
        self.validity = validity
        self.last = last
        self.isTaken = isTaken
    }
}

/// How far mailboxes were read, and how often somebody wrote, for reading.
public protocol MailboxStore: Sendable {
    func mailboxMark(of account: ChannelAccountID) async throws -> MailboxMark?
    /// Messages of a writer that were taken in one hour.
    func mailCount(of account: ChannelAccountID, from writer: String, in hour: Int64) async throws -> Int
}

public enum MailboxChange: StoredChange {
    /// Refused as `exists` when it isn't as it was.
    case move(ChannelAccountID, from: MailboxMark?, to: MailboxMark)
    /// One more of this writer. Earlier hours are forgotten.
    case count(ChannelAccountID, from: String, in: Int64)
}

extension MailboxMark {
    static let seconds: Int64 = 3_600

    /// Hours since 1970.
    static func hour(at now: Timestamp) -> Int64 { now.microseconds / 1_000_000 / seconds }
}
