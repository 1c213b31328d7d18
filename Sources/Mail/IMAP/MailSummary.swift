import Wire

/// What a list of messages shows of one. Everything in it was written by strangers.
public struct MailSummary: Sendable, Hashable {
    public struct Person: Sendable, Hashable {
        public let name: String?
        public let address: String
    }

    public let number: UInt32
    public let isRead: Bool
    public let size: UInt32
    /// As the sender wrote it.
    public let date: String
    public let subject: String
    public let from: [Person]
    public let to: [Person]
    public let cc: [Person]
    public let messageID: String?
    public let inReplyTo: String?

    /// Nil for data that isn't of a whole message.
    init?(_ data: [String: IMAPValue]) {
        guard let number = data["UID"]?.number, let envelope = data["ENVELOPE"]?.items, envelope.count >= 10 else {
            return nil
        }
        self.number = number
        isRead = data["FLAGS"]?.items?.contains { $0.text?.lowercased() == "\\seen" } ?? false
        size = data["RFC822.SIZE"]?.number ?? 0
        date = MailSummary.short(envelope[0]) ?? ""
        subject = MailSummary.short(envelope[1]) ?? ""
        from = MailSummary.people(envelope[2])
        to = MailSummary.people(envelope[5])
        cc = MailSummary.people(envelope[6])
        inReplyTo = MailSummary.short(envelope[8])
        messageID = MailSummary.short(envelope[9])
    }

    private static func short(_ value: IMAPValue) -> String? {
        value.bytes.map { String(MailText.header($0).prefix(2_000)) }
    }

    /// Groups (RFC 3501 section 7.4.2) have no host, and are left out.
    private static func people(_ value: IMAPValue) -> [Person] {
        (value.items ?? []).prefix(200).compactMap { item in
            guard let parts = item.items, parts.count == 4, let mailbox = parts[2].text, let host = parts[3].text else {
                return nil
            }
            return Person(name: short(parts[0]), address: String("\(mailbox)@\(host)".prefix(320)))
        }
    }
}
