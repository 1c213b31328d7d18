import Authority
import FoundationEssentials
import Gate
import Glibc
import Wire

/// The mail that carries a notice: plain ASCII text, a link, and nothing that is loaded or counted.
struct NoticeMail {
    let bytes: [UInt8]

    /// - Throws: `NoticeFailure.refused` when a part holds what would end its line.
    init(_ notice: Notice, from: MailAddress, to: MailAddress) throws(NoticeFailure) {
        let domain = from.text.split(separator: "@").last.map(String.init) ?? "localhost"
        let headers = [
            ("From", "Deputy <\(from)>"), ("To", "<\(to)>"), ("Subject", NoticeMail.subject(notice)),
            ("Date", NoticeMail.date(notice.created)), ("Message-ID", "<\(notice.id)@\(domain)>"),
            // RFC 3834: no vacation answer comes back.
            ("Auto-Submitted", "auto-generated"), ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=us-ascii"), ("Content-Transfer-Encoding", "7bit"),
        ]
        let body = [
            NoticeMail.sentence(notice), "", notice.link, "",
            "Sign in there to see it. This mail gives nobody a right, and an answer to it is read by nobody.",
        ]
        for line in headers.map(\.1) + body { try NoticeMail.check(line) }
        bytes = Array(
            ((headers.map { "\($0): \($1)" } + [""] + body).joined(separator: "\r\n") + "\r\n").utf8)
    }

    /// Lines of 998 characters at the most (RFC 5322 section 2.1.1), and no way to begin another.
    private static func check(_ line: String) throws(NoticeFailure) {
        guard line.utf8.count <= 900, line.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            throw .refused("the notice holds a character that a mail can't carry")
        }
    }

    private static func subject(_ notice: Notice) -> String {
        switch notice.matter {
        case .approvals(1): "Deputy: a request waits for your answer"
        case .approvals(let count): "Deputy: \(count) requests wait for your answer"
        case .connectionNeeded: "Deputy: an agent needs a connection of yours"
        case .agreementNeeded: "Deputy: an agent has changed"
        case .connectionsInTrouble(1): "Deputy: a connection needs you"
        case .connectionsInTrouble(let count): "Deputy: \(count) connections need you"
        case .toolsChanged: "Deputy: tools of a remote server are new or have changed"
        case .schedulesStopped(1): "Deputy: a schedule has stopped"
        case .schedulesStopped(let count): "Deputy: \(count) schedules have stopped"
        case .test: "Deputy: a test"
        }
    }

    private static func sentence(_ notice: Notice) -> String {
        let named = notice.agents.prefix(5).map(\.raw).joined(separator: ", ")
        let agents = notice.agents.count > 5 ? "\(named) and others" : named
        return switch notice.matter {
        case .approvals(1): "A request of \(agents) waits for your answer."
        case .approvals(let count): "\(count) requests wait for your answer. They come from \(agents)."
        case .connectionNeeded: "\(agents) can't go on without a connection of yours."
        case .agreementNeeded: "\(agents) may do more than you agreed to. Look at the difference."
        case .connectionsInTrouble(1): "A connection of yours doesn't work any more, or won't for long."
        case .connectionsInTrouble(let count): "\(count) connections of yours don't work any more, or won't for long."
        case .toolsChanged:
            "Tools of a server that \(agents) use are new or have changed. Nobody may call them until somebody has looked."
        case .schedulesStopped(1): "A schedule of \(agents) has stopped, and asks nothing until it is resumed."
        case .schedulesStopped(let count):
            "\(count) schedules of \(agents) have stopped, and ask nothing until they are resumed."
        case .test: "Notices reach you. Nothing waits for you now."
        }
    }

    /// RFC 5322 section 3.3, in UTC.
    static func date(_ time: Timestamp) -> String {
        var seconds = time_t(time.microseconds / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(parts.tm_wday)]), \(parts.tm_mday) \(months[Int(parts.tm_mon)]) \(1900 + parts.tm_year) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
    }
}
