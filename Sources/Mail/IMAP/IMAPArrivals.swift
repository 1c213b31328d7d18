public import NIOCore

/// A message that came, as its server shows it.
public struct MailArrival: Sendable, Hashable {
    /// Everything above the body, cut where it is longer than was asked for.
    public let header: [UInt8]
    /// Octets, with all its parts.
    public let size: UInt32
    /// When it came, in seconds since 1970.
    public let arrived: Int64
    /// Of the first plain text, or of the first HTML where there is none.
    public let text: String
    /// `text/plain` or `text/html`; nil for a message without text.
    public let textType: String?
    /// There is more of the text.
    public let isCut: Bool
    /// Every other part.
    public let others: [MailPart]
}

extension IMAPSession {
    /// The numbers of what came to the open folder after this one, in their order. What comes from now on ends ``wait(atMost:)``.
    public func arrivals(after number: UInt32) async throws(MailFailure) -> [UInt32] {
        guard number < UInt32.max else { return [] }
        // The last message is always in such a range, whatever its number (RFC 3501 section 6.4.8).
        var command = IMAPCommand("UID SEARCH UNDELETED UID \(number + 1):*")
        command.asksNews = true
        var found: Set<UInt32> = []
        for untagged in try await done(command).untagged {
            if case .search(let numbers) = untagged { found.formUnion(numbers) }
        }
        return found.filter { $0 > number }.sorted()
    }

    /// Returns when something may have come. A server that can't tell (RFC 2177) is asked after a while.
    ///
    /// - Parameters:
    ///   - most: below 29 minutes, after which servers close what says nothing.
    ///   - poll: where the server can't tell.
    public func wait(atMost most: TimeAmount, poll: TimeAmount) async throws(MailFailure) {
        if capabilities.contains("IDLE") {
            let reply = try await perform(.idle, waiting: most)
            if reply.status.word == .ok { return }
        }
        do {
            try await Task.sleep(for: .nanoseconds(poll.nanoseconds))
        } catch {
            throw .notSent("the call was cancelled while it ran")
        }
        _ = try await done(IMAPCommand("NOOP"))
    }

    /// A message of the open folder; nil when it isn't there. It stays unread if it was.
    ///
    /// - Parameters:
    ///   - header: octets above the body that are fetched at the most.
    ///   - most: octets of its text, as it is carried.
    public func arrival(_ number: UInt32, header: Int, most: Int) async throws(MailFailure) -> MailArrival? {
        let items = "UID RFC822.SIZE INTERNALDATE BODYSTRUCTURE BODY.PEEK[HEADER]<0.\(header)>"
        guard let data = try await fetched(IMAPCommand("UID FETCH \(number) (\(items))"), number) else { return nil }
        guard let size = data["RFC822.SIZE"]?.number,
            let arrived = data["INTERNALDATE"]?.text.flatMap(IMAPSession.seconds),
            let top = data.first(where: { $0.key.hasPrefix("BODY[HEADER]") })?.value.bytes
        else { throw .refused("the mail server doesn't show the message") }
        let parts = MailPart.parts(of: data["BODYSTRUCTURE"] ?? .none)
        let readable = parts.filter { !$0.isAttachment }
        let part =
            readable.first { $0.type == "text/plain" } ?? readable.first { $0.type == "text/html" }
        var text = ""
        if let part {
            let asked = IMAPCommand("UID FETCH \(number) (UID BODY.PEEK[\(part.section)]<0.\(most)>)")
            let body = try await fetched(asked, number)?.first { $0.key.hasPrefix("BODY[") }?.value.bytes ?? []
            text = part.text(of: Array(body.prefix(most)))
        }
        return MailArrival(
            header: Array(top.prefix(header)), size: size, arrived: arrived, text: text, textType: part?.type,
            isCut: part.map { Int($0.size) > most } ?? false, others: parts.filter { $0 != part })
    }

    func fetched(
        _ command: IMAPCommand, _ number: UInt32
    ) async throws(MailFailure) -> [String: IMAPValue]? {
        for untagged in try await done(command).untagged {
            if case .fetch(let data) = untagged, data["UID"]?.number == number { return data }
        }
        return nil
    }

    /// RFC 3501's form of a time, such as `17-Jul-1996 02:44:25 -0700`, as seconds since 1970.
    static func seconds(_ text: String) -> Int64? {
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 3 else { return nil }
        let date = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        let time = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { IMAPValue.number($0) }
        let zone = parts[2]
        guard date.count == 3, let day = IMAPValue.number(date[0]), (1...31).contains(day),
            let month = months.firstIndex(of: date[1].lowercased()), let year = IMAPValue.number(date[2]),
            (1970...9999).contains(year), time.count == 3, let hour = time[0], let minute = time[1],
            let second = time[2], hour < 24, minute < 60, second <= 60, zone.utf8.count == 5,
            let offset = IMAPValue.number(zone.dropFirst()), zone.first == "+" || zone.first == "-"
        else { return nil }
        let away = Int64(offset / 100 * 60 + offset % 100) * 60
        let days = days(year: Int64(year), month: Int64(month) + 1, day: Int64(day))
        let clock = Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)
        return days * 86_400 + clock - (zone.first == "-" ? -away : away)
    }

    /// Since 1970, in the Gregorian calendar, whose years are counted from March here.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, ofEra) = (year / 400, year % 400)
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }
}
