public import Authority
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

/// A mail that waits in its mailbox, because as many were taken of its writer as may be within an hour.
public struct PostponedMail: Sendable, Hashable {
    public let number: MailboxNumber
    /// Whose bound it was that was reached.
    public let writer: String

    public init(number: MailboxNumber, writer: String) {
        self.number = number
        self.writer = writer
    }
}

/// How far mailboxes were read, and how often somebody wrote, for reading.
public protocol MailboxStore: Sendable {
    func mailboxMark(of account: ChannelAccountID) async throws -> MailboxMark?
    /// Messages of a writer that were taken in one hour.
    func mailCount(of account: ChannelAccountID, from writer: String, in hour: Int64) async throws -> Int
    /// Those that are due, by their numbers.
    func postponedMails(of account: ChannelAccountID, at now: Timestamp, limit: Int) async throws -> [PostponedMail]
    /// How many wait, due or not.
    func postponedMails(of account: ChannelAccountID) async throws -> Int
}

public enum MailboxChange: StoredChange {
    /// Refused as `exists` when it isn't as it was. What waited in a mailbox of another validity is forgotten.
    case move(ChannelAccountID, from: MailboxMark?, to: MailboxMark)
    /// One more of this writer. Earlier hours are forgotten.
    case count(ChannelAccountID, from: String, in: Int64)
    /// It isn't looked at before then.
    case postpone(PostponedMail, of: ChannelAccountID, until: Timestamp)
    /// All of this writer that are due by now.
    case putOff(ChannelAccountID, from: String, due: Timestamp, until: Timestamp)
    /// Refused as `exists` when it doesn't wait.
    case settle(MailboxNumber, of: ChannelAccountID)
}

extension MailboxMark {
    static let seconds: Int64 = 3_600

    /// Hours since 1970.
    static func hour(at now: Timestamp) -> Int64 { now.microseconds / 1_000_000 / seconds }

    /// When the next one begins.
    static func nextHour(after now: Timestamp) -> Timestamp {
        Timestamp(microseconds: (hour(at: now) + 1) * seconds * 1_000_000)
    }
}
