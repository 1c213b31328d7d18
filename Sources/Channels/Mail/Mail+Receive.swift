import Authority
public import Gate
public import Turns
import Wire

extension MailChannel {
    /// In octets, with everything that is attached.
    static let largest = 50 << 20
    /// Of the words, in Unicode scalars.
    private static let longestText = 60_000

    public func receive(_ mail: ArrivedMail, for account: ChannelAccount) -> MailOutcome {
        do throws(MailRefusal) {
            return .message(try read(mail, for: account))
        } catch {
            return .refused(error)
        }
    }

    public func answered(by mail: ArrivedMail) -> [CallID] {
        guard let header = try? MailHeader(mail.header) else { return [] }
        return MailThread.calls(in: header, own: mail.own.lowercased())
    }

    private func read(_ mail: ArrivedMail, for account: ChannelAccount) throws(MailRefusal) -> InboundMessage {
        guard mail.size <= Self.largest else { throw .tooLarge }
        guard let settings = try? MailAccountSettings(account.settings) else { throw .malformed }
        let header = try MailHeader(mail.header)
        guard let author = MailAuthor(header) else { throw .nobody }
        let own = mail.own.lowercased()
        try MailGuard(header: header, author: author, own: own).check()
        let standing = Self.standing(of: author, in: header, settings)
        let sender = MailSender.id(author, standing)
        let place = MailPlace(
            address: author.address, thread: MailThread.named(in: header, own: own) ?? mail.fresh,
            subject: header.shown("subject") ?? "", chain: MailThread.chain(after: header))
        let quote = MailQuote(Self.words(of: mail), subject: header.shown("subject") ?? "")
        return InboundMessage(
            account: account.id, event: "\(mail.number)",
            // A thread is between the mailbox and one author: whoever was copied in and answers begins one of their own.
            place: Place(
                peer: Place.Peer(kind: .direct, id: String(sender.raw.dropFirst("mail:".count))), thread: place.thread),
            sender: .external(sender, standing), text: quote.words,
            attachments: mail.attachments.prefix(Self.mostAttachments).map { Self.inert($0, of: mail) },
            sent: mail.arrived,
            isAddressed: true, reply: place.reply, note: note(header, author, mail), quoted: quote.quoted,
            forwarded: quote.forwarded)
    }

    private static let mostAttachments = 50

    private static func inert(_ attachment: Attachment, of mail: ArrivedMail) -> Attachment {
        Attachment(
            id: "\(MailFileID(mail.number, section: attachment.id))",
            name: MailWords.line(attachment.name, longest: 200),
            mediaType: MailWords.line(attachment.mediaType, longest: 100), size: attachment.size)
    }

    private static func words(of mail: ArrivedMail) -> String {
        let text = mail.type == "text/html" ? MailHTML.text(mail.text) : mail.text
        let scalars = text.unicodeScalars.lazy.filter { scalar in
            scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control
        }
        return String(String.UnicodeScalarView(scalars.prefix(longestText)))
    }

    /// What a model is told beside the words. All of it was written by whoever wrote the mail.
    private func note(_ header: MailHeader, _ author: MailAuthor, _ mail: ArrivedMail) -> String {
        var lines = ["mail from: \(author.address)"]
        for name in ["to", "cc", "subject", "date"] {
            if let text = header.shown(name), !text.isEmpty { lines.append("\(name): \(text)") }
        }
        if let id = MailThread.ids(header, "message-id").first { lines.append("message id: \(id)") }
        if mail.attachments.count > Self.mostAttachments {
            lines.append("(it has \(mail.attachments.count) files, of which \(Self.mostAttachments) are named here)")
        }
        if mail.isCut { lines.append("(the mail is longer than this)") }
        return lines.joined(separator: "\n")
    }
}
