import Authority
import Glibc
import Mail
import NIOCore
import Turns

/// The inbox of a channel's account, open.
struct WatchedMailbox: OpenMailbox {
    let session: IMAPSession
    let folder: OpenFolder
    let own: String

    /// Servers may close what says nothing for half an hour (RFC 2177), and some ways there forget it sooner.
    private static let longestWait = TimeAmount.minutes(9)
    private static let poll = TimeAmount.seconds(15)
    /// As much as `MailHeader` reads.
    private static let headerBytes = 128 << 10

    var validity: UInt32 { folder.validity }

    func arrivals(after number: UInt32) async throws(MailboxFailure) -> [UInt32] {
        try await told { () throws(MailFailure) in try await session.arrivals(after: number) }
    }

    func unread(since: Timestamp) async throws(MailboxFailure) -> (numbers: [UInt32], last: UInt32) {
        var criteria = MailCriteria()
        criteria.isUnread = true
        // Days are the server's, wherever that is.
        criteria.since = WatchedMailbox.day(since.adding(seconds: -86_400))
        let sought = criteria
        return try await told { () throws(MailFailure) in
            let last: UInt32
            if let next = folder.next {
                last = next &- 1
            } else {
                last = try await session.arrivals(after: 0).last ?? 0
            }
            return (try await session.search(sought), last)
        }
    }

    func mail(_ number: UInt32, fresh: String) async throws(MailboxFailure) -> ArrivedMail? {
        let found = try await told { () throws(MailFailure) in
            try await session.arrival(number, header: WatchedMailbox.headerBytes, most: Mailbox.textBytes)
        }
        guard let found else { return nil }
        let attachments = found.others.filter(\.isFile).map { part in
            Attachment(
                id: part.section, name: part.fileName ?? "(no name)", mediaType: part.type, size: Int(part.size))
        }
        return ArrivedMail(
            number: MailboxNumber(validity: validity, number: number), own: own, header: found.header, text: found.text,
            type: found.textType, isCut: found.isCut, attachments: attachments, size: Int(found.size),
            arrived: Timestamp(microseconds: found.arrived * 1_000_000), fresh: fresh)
    }

    func markRead(_ number: UInt32) async throws(MailboxFailure) {
        try await told { () throws(MailFailure) in try await session.mark(number, .read, true) }
    }

    func wait() async throws(MailboxFailure) {
        try await told { () throws(MailFailure) in
            try await session.wait(atMost: WatchedMailbox.longestWait, poll: WatchedMailbox.poll)
        }
    }

    private func told<Value: Sendable>(
        _ body: () async throws(MailFailure) -> Value
    ) async throws(MailboxFailure) -> Value {
        do throws(MailFailure) { return try await body() } catch { throw MailboxFailure(error.reason) }
    }

    /// Such as `2026-11-21`, in UTC.
    private static func day(_ time: Timestamp) -> String {
        var seconds = time_t(time.microseconds / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(1900 + parts.tm_year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}
