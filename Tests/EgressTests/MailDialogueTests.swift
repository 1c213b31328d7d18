import Authority
import Broker
import Gate
import Testing
import Wire

@testable import Egress

/// A dialogue and the replies that it is given.
private struct Talk {
    var dialogue: SMTPDialogue
    var reader = SMTPReplyReader()

    init(_ security: MailSettings.Security, password: String? = nil) throws {
        let login = password.map { text in
            var bytes = Array(text.utf8)
            return SMTPDialogue.Login(user: "deputy", password: HeldSecret(consuming: &bytes))
        }
        dialogue = SMTPDialogue(
            security: security, login: login, helloName: "deputy.invalid",
            from: try #require(MailAddress("deputy@acme.test")), to: try #require(MailAddress("dana@acme.test")),
            message: Array("Subject: a\r\n\r\n.dot\r\n".utf8))
    }

    /// What the client says to this reply.
    mutating func hear(_ text: String) throws -> String {
        let reply = try #require(try reader.push(Array((text + "\r\n").utf8)))
        return Talk.text(dialogue.received(reply))
    }

    static func text(_ action: SMTPDialogue.Action) -> String {
        switch action {
        case .send(let bytes): String(decoding: bytes, as: UTF8.self)
        case .startTLS: "TLS"
        case .delivered: "delivered"
        case .fail(.notSent(let reason)): "not sent: \(reason)"
        case .fail(.refused(let reason)): "refused: \(reason)"
        case .fail(.unknown(let reason)): "unknown: \(reason)"
        }
    }

    /// Up to the point where the server asks for the message.
    mutating func begin() throws {
        _ = try hear("220 hi")
        _ = try hear("250 hello")
        _ = try hear("250 sender")
        _ = try hear("250 recipient")
    }
}

struct MailDialogueTests {
    @Test func `a message is handed over line by line`() throws {
        var talk = try Talk(.implicit)
        #expect(try talk.hear("220 mail.acme.test ESMTP") == "EHLO deputy.invalid\r\n")
        #expect(
            try talk.hear("250-mail\r\n250-SIZE 1000\r\n250 8BITMIME") == "MAIL FROM:<deputy@acme.test> SIZE=20\r\n")
        #expect(try talk.hear("250 ok") == "RCPT TO:<dana@acme.test>\r\n")
        #expect(try talk.hear("250 ok") == "DATA\r\n")
        #expect(!talk.dialogue.mayBeDelivered)
        #expect(try talk.hear("354 go on") == "Subject: a\r\n\r\n..dot\r\n.\r\n")
        #expect(talk.dialogue.lost("x") == .unknown("x"))
        #expect(try talk.hear("250 taken") == "delivered")
    }

    @Test func `nothing is sent before STARTTLS, and what was said in clear is forgotten`() throws {
        var talk = try Talk(.startTLS, password: "correct horse")
        _ = try talk.hear("220 hi")
        #expect(try talk.hear("250-mail\r\n250-AUTH PLAIN\r\n250 STARTTLS") == "STARTTLS\r\n")
        #expect(try talk.hear("220 begin") == "TLS")
        #expect(Talk.text(talk.dialogue.securedByTLS()) == "EHLO deputy.invalid\r\n")
        #expect(try talk.hear("250 mail").hasPrefix("refused: the mail server takes neither"))
    }

    @Test func `a server without STARTTLS is refused`() throws {
        var talk = try Talk(.startTLS)
        _ = try talk.hear("220 hi")
        #expect(try talk.hear("250-mail\r\n250 SIZE").hasPrefix("refused: the mail server offers no STARTTLS"))
    }

    @Test func `text behind the answer to STARTTLS is never read as the answer within TLS`() throws {
        var talk = try Talk(.startTLS)
        _ = try talk.hear("220 hi")
        _ = try talk.hear("250-mail\r\n250 STARTTLS")
        #expect(throws: SMTPReplyReader.Fault.self) { try talk.hear("220 begin\r\n250-injected\r\n250 AUTH PLAIN") }
    }

    @Test func `a password never leaves in clear`() throws {
        var talk = try Talk(.clear, password: "correct horse")
        _ = try talk.hear("220 hi")
        #expect(
            try talk.hear("250-mail\r\n250 AUTH PLAIN LOGIN").hasPrefix("refused: a password is never sent in clear"))
    }

    @Test func `AUTH PLAIN proves in one step and AUTH LOGIN in two`() throws {
        var plain = try Talk(.implicit, password: "pw")
        _ = try plain.hear("220 hi")
        #expect(try plain.hear("250-mail\r\n250 AUTH LOGIN PLAIN") == "AUTH PLAIN AGRlcHV0eQBwdw==\r\n")
        #expect(try plain.hear("235 yes") == "MAIL FROM:<deputy@acme.test>\r\n")
        var login = try Talk(.implicit, password: "pw")
        _ = try login.hear("220 hi")
        #expect(try login.hear("250-mail\r\n250 AUTH LOGIN") == "AUTH LOGIN\r\n")
        #expect(try login.hear("334 VXNlcm5hbWU6") == "ZGVwdXR5\r\n")
        #expect(try login.hear("334 UGFzc3dvcmQ6") == "cHc=\r\n")
        #expect(try login.hear("535 no").hasPrefix("refused: the mail server said 535 no"))
    }

    @Test(arguments: [
        ("421 closing", "not sent"), ("450 busy", "not sent"), ("550 no such mailbox", "refused"),
        ("354 eh", "not sent"),
    ])
    func `a recipient's refusal is kept apart from a moment's`(reply: String, kind: String) throws {
        var talk = try Talk(.implicit)
        _ = try talk.hear("220 hi")
        _ = try talk.hear("250 hello")
        _ = try talk.hear("250 sender")
        #expect(try talk.hear(reply).hasPrefix(kind))
    }

    @Test(arguments: [
        ("250 taken", "delivered"), ("451 later", "not sent"), ("554 spam", "refused"), ("354 again", "unknown"),
    ])
    func `after the last dot the server's word decides`(reply: String, kind: String) throws {
        var talk = try Talk(.implicit)
        try talk.begin()
        _ = try talk.hear("354 go on")
        #expect(try talk.hear(reply).hasPrefix(kind))
    }

    @Test func `a message over the server's limit isn't begun`() throws {
        var talk = try Talk(.implicit)
        _ = try talk.hear("220 hi")
        #expect(
            try talk.hear("250-mail\r\n250 SIZE 10").hasPrefix("refused: the mail server takes messages of 10 bytes"))
    }

    @Test(arguments: [
        "hello\r\n", "250\n", "250 a\rb\r\n", "250 a\0\r\n", "250-a\r\n251 b\r\n", "999 a\r\n", "150 a\r\n", "25\r\n",
        "250?a\r\n",
        "250 a\r\n250 b\r\n", "250 " + String(repeating: "x", count: 3000), String(repeating: "250-a\r\n", count: 200),
    ])
    func `a reply that isn't one is a fault`(text: String) {
        var reader = SMTPReplyReader()
        #expect(throws: SMTPReplyReader.Fault.self) { _ = try reader.push(Array(text.utf8)) }
    }

    @Test func `a reply may come byte by byte, and shows nothing but printable ASCII`() throws {
        var reader = SMTPReplyReader()
        var replies: [SMTPReply] = []
        for byte in Array("250-a\u{1B}[31m\r\n250 b\r\n".utf8) {
            if let reply = try reader.push([byte]) { replies.append(reply) }
        }
        #expect(replies == [SMTPReply(code: 250, lines: ["a?[31m", "b"])])
    }
}

struct NoticeMailTests {
    private func notice(_ link: String, agents: [AgentID] = [AgentID("email")]) -> Notice {
        Notice(
            id: NoticeID("msg_1"), organization: OrganizationID("acme"), person: PersonID("dana"),
            address: "dana@acme.test", matter: .approvals(waiting: 2), agents: agents, link: link,
            created: Timestamp(microseconds: 1_795_000_000_000_000))
    }

    private func text(_ notice: Notice) throws -> String {
        let (from, to) = (try #require(MailAddress("deputy@acme.test")), try #require(MailAddress(notice.address)))
        return String(decoding: try NoticeMail(notice, from: from, to: to).bytes, as: UTF8.self)
    }

    @Test func `a notice is a plain mail that nobody answers by itself`() throws {
        let text = try text(notice("https://deputy.test/approvals"))
        #expect(text.contains("\r\nAuto-Submitted: auto-generated\r\n"))
        #expect(text.contains("\r\nMessage-ID: <msg_1@acme.test>\r\n"))
        #expect(text.contains("\r\nDate: Wed, 18 Nov 2026 11:06:40 +0000\r\n"))
        #expect(text.contains("\r\n\r\n2 requests wait for your answer. They come from email.\r\n"))
        #expect(text.contains("\r\nhttps://deputy.test/approvals\r\n"))
    }

    @Test(arguments: ["https://a.test/\r\nBcc: eve@evil.test", "https://a.test/\u{0}", "https://a.test/ü"])
    func `nothing in a notice begins a line of its own`(link: String) {
        #expect(throws: NoticeFailure.self) { try text(notice(link)) }
        #expect(throws: NoticeFailure.self) { try text(notice("https://a.test/", agents: [AgentID(link)])) }
    }

    @Test(arguments: [
        "dana@acme.test\r\nRCPT TO:<eve@evil.test>", "<dana@acme.test>", "a@b@c.test", "dana", "dana@acme.test ",
    ])
    func `an address that could be two is none`(text: String) {
        #expect(MailAddress(text) == nil)
    }
}

struct WebhookSignatureTests {
    /// The example of the specification's own libraries.
    @Test func `a signature is the one that the specification's libraries make`() throws {
        var bytes = try #require(Base64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let key = HeldSecret(consuming: &bytes)
        let body = Array(#"{"test": 2432232314}"#.utf8)
        #expect(
            WebhookSignature.value(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body: body, key: key)
                == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }
}
