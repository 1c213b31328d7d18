import Authority
import Turns
import Wire

@testable import Channels

/// The mailbox's side, as these tests play it.
enum Post {
    static let accountID = ChannelAccountID(organization: OrganizationID("acme"), kind: .mail, name: "claw")
    static let account = ChannelAccount(id: accountID, settings: ["authserv-id": "mx.acme.test"])
    static let fresh = "0123456789abcdef012345"
    static let passed = "Authentication-Results: mx.acme.test; dmarc=pass header.from=outside.example"
    static let from = "From: Zoe <zoe@outside.example>"

    /// Headers, one to a line.
    static func mail(
        _ headers: [String], text: String = "hello", type: String? = "text/plain", size: Int = 1_000,
        attachments: [Attachment] = []
    ) -> ArrivedMail {
        ArrivedMail(
            number: MailboxNumber(validity: 7, number: 42), own: "Claw@acme.test",
            header: Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8), text: text, type: type, isCut: false,
            attachments: attachments, size: size, arrived: Timestamp(microseconds: 1_795_000_000_000_000), fresh: fresh)
    }

    static func outcome(_ mail: ArrivedMail) -> MailOutcome { MailChannel().receive(mail, for: account) }

    /// The message that headers come to, below a passed check; nil for a refusal.
    static func message(_ headers: String..., text: String = "hello", type: String? = "text/plain") -> InboundMessage? {
        guard case .message(let message) = outcome(mail(headers, text: text, type: type)) else { return nil }
        return message
    }

    static func refusal(_ headers: String...) -> MailRefusal? {
        guard case .refused(let refusal) = outcome(mail(headers)) else { return nil }
        return refusal
    }

    /// Who wrote it: the sender, and whether that is proved.
    static func sender(_ headers: String...) -> (String, SenderStanding.Proof)? {
        guard case .message(let message) = outcome(mail(headers)),
            case .external(let sender, let standing) = message.sender
        else { return nil }
        return (sender.raw, standing.proof)
    }
}
