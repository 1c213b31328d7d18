/// A message with its text.
public struct MailContent: Sendable, Hashable {
    public let summary: MailSummary
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
    /// What lists show of these messages of the open folder, in the order of their numbers.
    public func summaries(of numbers: [UInt32]) async throws(MailFailure) -> [MailSummary] {
        guard !numbers.isEmpty else { return [] }
        let set = numbers.map(String.init).joined(separator: ",")
        let reply = try await done(IMAPCommand("UID FETCH \(set) (UID FLAGS RFC822.SIZE ENVELOPE)"))
        return IMAPSession.fetched(reply).compactMap { MailSummary($0) }.filter { numbers.contains($0.number) }
            .sorted { $0.number < $1.number }
    }

    /// One message of the open folder; nil when it isn't there. It stays unread if it was.
    ///
    /// - Parameter most: bytes of its text, as it is carried.
    public func content(of number: UInt32, most: Int) async throws(MailFailure) -> MailContent? {
        let asked = IMAPCommand("UID FETCH \(number) (UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)")
        let data = IMAPSession.fetched(try await done(asked)).first { $0["UID"]?.number == number }
        guard let data, let summary = MailSummary(data) else { return nil }
        let parts = MailPart.parts(of: data["BODYSTRUCTURE"] ?? .none)
        let readable = parts.filter { !$0.isAttachment }
        guard
            let part = readable.first(where: { $0.type == "text/plain" })
                ?? readable.first(where: { $0.type == "text/html" })
        else {
            return MailContent(summary: summary, text: "", textType: nil, isCut: false, others: parts)
        }
        let body = try await done(IMAPCommand("UID FETCH \(number) (UID BODY.PEEK[\(part.section)]<0.\(most)>)"))
        let found = IMAPSession.fetched(body).first { $0["UID"]?.number == number }
        let bytes = found?.first { $0.key.hasPrefix("BODY[") }?.value.bytes ?? []
        // A server that sends more than it was asked for is cut as well.
        return MailContent(
            summary: summary, text: part.text(of: Array(bytes.prefix(most))), textType: part.type,
            isCut: Int(part.size) > most, others: parts.filter { $0 != part })
    }

    private static func fetched(_ reply: IMAPReply) -> [[String: IMAPValue]] {
        reply.untagged.compactMap { untagged in
            if case .fetch(let data) = untagged { return data }
            return nil
        }
    }
}
