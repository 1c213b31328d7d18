public import Authority

/// The way to accounts' mailboxes: an errand. Implemented by egress, which logs in with the connection's credential.
public protocol Mailboxes: Sendable {
    /// Changes whenever an open mailbox has to be opened anew; nil while the connection can't be used.
    func state(of connection: ConnectionID) async throws -> String?

    /// Opens the inbox, and hands it over until `body` ends or the server ends it.
    func open(
        _ connection: ConnectionID, _ body: @Sendable (any OpenMailbox) async throws(MailboxFailure) -> Void
    ) async throws(MailboxFailure)
}

/// An inbox that is open.
public protocol OpenMailbox: Sendable {
    /// What tells its numbers from those that it gave before it was made anew.
    var validity: UInt32 { get }
    /// Its own address.
    var own: String { get }

    /// The numbers of what came after this one, in their order.
    func arrivals(after number: UInt32) async throws(MailboxFailure) -> [UInt32]

    /// The numbers of what nobody has read yet, and the highest number of all.
    ///
    /// - Parameter since: what arrived more than a day before this is left out.
    func unread(since: Timestamp) async throws(MailboxFailure) -> (numbers: [UInt32], last: UInt32)

    /// Nil when it isn't there any more.
    ///
    /// - Parameter fresh: ``ArrivedMail/fresh``.
    func mail(_ number: UInt32, fresh: String) async throws(MailboxFailure) -> ArrivedMail?

    /// Marks it as read.
    func markRead(_ number: UInt32) async throws(MailboxFailure)

    /// Returns when something may have come.
    func wait() async throws(MailboxFailure)
}

/// Why a mailbox can't be read on.
public struct MailboxFailure: Error, Sendable, Hashable {
    /// Safe to log.
    public let reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}
