import Testing
import Wire

@testable import Mail

/// A dialogue and the replies that it is given.
private struct Talk {
    var dialogue: SMTPDialogue
    var reader = SMTPReplyReader()

    init(
        _ security: MailServer.Security, password: String? = nil, _ mechanism: MailLogin.Mechanism = .password,
        to recipients: [String] = ["dana@acme.test"]
    ) throws {
        let login = password.flatMap { MailLogin(user: "deputy", mechanism, secret: PlainSecret($0)) }
        let mail = OutgoingMail(
            from: try #require(MailAddress("deputy@acme.test")),
            to: try recipients.map { try #require(MailAddress($0)) },
            bytes: Array("Subject: a\r\n\r\n.dot\r\n".utf8))
        dialogue = SMTPDialogue(
            security: security, login: login, helloName: "deputy.invalid", mail: mail)
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
        case .finished: "delivered"
        case .fail(.notSent(let reason)): "not sent: \(reason)"
        case .fail(.refused(let reason)): "refused: \(reason)"
        case .fail(.denied(let reason)): "denied: \(reason)"
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
        #expect(throws: MailFault.self) { try talk.hear("220 begin\r\n250-injected\r\n250 AUTH PLAIN") }
    }

    @Test func `a password never leaves in clear`() throws {
        var talk = try Talk(.clear, password: "correct horse")
        _ = try talk.hear("220 hi")
        #expect(
            try talk.hear("250-mail\r\n250 AUTH PLAIN LOGIN").hasPrefix("refused: a login is never sent in clear"))
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
        #expect(try login.hear("535 no").hasPrefix("denied: the mail server said 535 no"))
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
        #expect(throws: MailFault.self) { _ = try reader.push(Array(text.utf8)) }
    }

    @Test func `a reply may come byte by byte, and shows nothing but printable ASCII`() throws {
        var reader = SMTPReplyReader()
        var replies: [SMTPReply] = []
        for byte in Array("250-a\u{1B}[31m\r\n250 b\r\n".utf8) {
            if let reply = try reader.push([byte]) { replies.append(reply) }
        }
        #expect(replies == [SMTPReply(code: 250, lines: ["a?[31m", "b"])])
    }

    @Test(arguments: [
        (MailLogin.Mechanism.xoauth2, "AUTH XOAUTH2 dXNlcj1kZXB1dHkBYXV0aD1CZWFyZXIgdG9rAQE=\r\n", "\r\n"),
        (.oauthBearer, "AUTH OAUTHBEARER bixhPWRlcHV0eSwBYXV0aD1CZWFyZXIgdG9rAQE=\r\n", "AQ==\r\n"),
    ])
    func `a token's refusal is answered once, and then it is one`(
        mechanism: MailLogin.Mechanism, first: String, answer: String
    ) throws {
        var talk = try Talk(.implicit, password: "tok", mechanism)
        _ = try talk.hear("220 hi")
        #expect(try talk.hear("250-mail\r\n250 AUTH PLAIN XOAUTH2 OAUTHBEARER") == first)
        var refused = talk
        #expect(try refused.hear("334 eyJzdGF0dXMiOiI0MDEifQ==") == answer)
        #expect(try refused.hear("535 5.7.8 no").hasPrefix("denied"))
        #expect(try talk.hear("235 yes") == "MAIL FROM:<deputy@acme.test>\r\n")
    }

    @Test func `a token is never shown as a password`() throws {
        var talk = try Talk(.implicit, password: "tok", .xoauth2)
        _ = try talk.hear("220 hi")
        #expect(
            try talk.hear("250-mail\r\n250 AUTH PLAIN LOGIN").hasPrefix(
                "refused: the mail server takes no AUTH XOAUTH2"))
    }

    @Test func `either every recipient is taken or nothing is sent`() throws {
        var talk = try Talk(.implicit, to: ["dana@acme.test", "bob@acme.test"])
        _ = try talk.hear("220 hi")
        _ = try talk.hear("250 hello")
        #expect(try talk.hear("250 sender") == "RCPT TO:<dana@acme.test>\r\n")
        #expect(try talk.hear("250 ok") == "RCPT TO:<bob@acme.test>\r\n")
        var refused = talk
        #expect(try refused.hear("550 no such mailbox").hasPrefix("refused"))
        #expect(try talk.hear("250 ok") == "DATA\r\n")
    }

    @Test(arguments: ["a\nb\r\n", "a\rb\r\n", "a\r\n.\n\r\n", "a\0\r\n", "a", "a\r"])
    func `a message that could be read as two is none`(text: String) throws {
        let address = try #require(MailAddress("dana@acme.test"))
        #expect(OutgoingMail(from: address, to: [address], bytes: Array(text.utf8)) == nil)
    }

    @Test func `a user's name can't end what it stands in`() {
        #expect(MailLogin(user: "a\u{1}auth=Bearer x", .xoauth2, secret: PlainSecret("t")) == nil)
        #expect(MailLogin(user: "a\r\n", .password, secret: PlainSecret("t")) == nil)
        #expect(MailLogin(user: "a\0b", .password, secret: PlainSecret("t")) == nil)
    }

    @Test func `a secret can't end what it stands in`() throws {
        let password = try #require(MailLogin(user: "a", .password, secret: PlainSecret("x\0y")))
        #expect(throws: MailFailure.self) { try password.firstMessage() }
        let token = try #require(MailLogin(user: "a", .oauthBearer, secret: PlainSecret("x\u{1}host=y")))
        #expect(throws: MailFailure.self) { try token.firstMessage() }
    }
}
