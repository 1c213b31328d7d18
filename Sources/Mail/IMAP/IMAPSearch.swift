/// What to look for. Everything that is given must hold.
public struct MailCriteria: Sendable, Hashable {
    public var text: String?
    public var from: String?
    public var to: String?
    public var subject: String?
    /// Days as `2026-11-21`, in the server's time zone.
    public var since: String?
    public var before: String?
    public var isUnread = false
    public var messageID: String?
    /// What no `Message-ID` may hold.
    public var notMessageID: String?

    public init() {}
}

extension IMAPSession {
    /// The numbers of the messages of the open folder, newest last.
    public func search(_ criteria: MailCriteria) async throws(MailFailure) -> [UInt32] {
        let reply = try await done(try IMAPSession.searchCommand(criteria))
        var found: [UInt32] = []
        for untagged in reply.untagged {
            if case .search(let numbers) = untagged { found += numbers }
        }
        return found.sorted()
    }

    static func searchCommand(_ criteria: MailCriteria) throws(MailFailure) -> IMAPCommand {
        let texts = [
            ("TEXT", criteria.text), ("FROM", criteria.from), ("TO", criteria.to), ("SUBJECT", criteria.subject),
            ("HEADER Message-ID", criteria.messageID), ("NOT HEADER Message-ID", criteria.notMessageID),
        ].compactMap { key, value in value.map { (key, Array($0.utf8)) } }
        guard texts.allSatisfy({ $0.1.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw .refused("a search can't hold control characters")
        }
        let isASCII = texts.allSatisfy { $0.1.allSatisfy { $0 < 0x80 } }
        var command = IMAPCommand(isASCII ? "UID SEARCH" : "UID SEARCH CHARSET UTF-8")
        // Never empty, and never what was deleted.
        command.append(" UNDELETED")
        if criteria.isUnread { command.append(" UNSEEN") }
        for (key, day) in [("SINCE", criteria.since), ("BEFORE", criteria.before)] {
            guard let day else { continue }
            guard let date = IMAPSession.date(day) else { throw .refused("`\(day)` isn't a day such as `2026-11-21`") }
            command.append(" \(key) \(date)")
        }
        for (key, bytes) in texts {
            command.append(" \(key) ")
            command.append(string: bytes)
        }
        return command
    }

    /// RFC 3501's form of a day, such as `1-Feb-1994`.
    private static func date(_ day: String) -> String? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = day.split(separator: "-", omittingEmptySubsequences: false).map { IMAPValue.number($0) }
        guard day.utf8.count == 10, parts.count == 3, let year = parts[0], let month = parts[1], let number = parts[2],
            (1900...9999).contains(year), (1...12).contains(month), (1...31).contains(number)
        else { return nil }
        return "\(number)-\(months[Int(month) - 1])-\(year)"
    }
}
