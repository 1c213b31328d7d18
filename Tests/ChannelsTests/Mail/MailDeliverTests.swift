import Authority
import Testing
import Turns
import Wire

@testable import Channels

struct MailDeliverTests {
    private func answer(
        _ content: OutboundContent = .words("Tuesday at 3."), to headers: [String] = ["Subject: Meeting"],
        privately: SenderID? = nil, id: String = "out_1"
    ) throws -> (body: JSON, lines: [String])? {
        guard case .message(let asked) = Post.outcome(Post.mail([Post.passed, Post.from] + headers)) else { return nil }
        let message = OutboundMessage(
            id: id, account: Post.accountID, reply: asked.reply, privately: privately, content: content)
        guard let request = MailChannel().requests(for: message, from: Post.account).first else { return nil }
        #expect(request.path == "/send")
        let raw = try #require(request.body["raw"]?.stringValue.flatMap { Base64.decodeURL($0) })
        #expect(raw.allSatisfy { $0 < 0x80 })
        return (request.body, String(decoding: raw, as: UTF8.self).components("\r\n"))
    }

    private func text(_ lines: [String]) throws -> String {
        let end = try #require(lines.firstIndex(of: ""))
        return String(decoding: try #require(MailText.base64(lines[end...].joined().utf8)), as: UTF8.self)
    }

    @Test func `an answer is whoever wrote's alone, in the thread, and says that a machine wrote it`() throws {
        let (body, lines) = try #require(
            try answer(to: [
                "Subject: Meeting", "Cc: bob@acme.test", "References: <a@x.example>", "Message-ID: <m@x.example>",
            ]))
        #expect(body["to"] == ["zoe@outside.example"])
        #expect(body["call"]?.stringValue == "dpy.\(Post.fresh).out_1")
        #expect(lines.contains("To: <zoe@outside.example>") && lines.contains("Subject: Re: Meeting"))
        #expect(lines.contains("In-Reply-To: <m@x.example>"))
        #expect(lines.contains("References: <a@x.example>") && lines.contains(" <m@x.example>"))
        #expect(lines.contains("Auto-Submitted: auto-replied"))
        #expect(!lines.contains { $0.hasPrefix("Cc") || $0.hasPrefix("From") })
        #expect(try text(lines) == "Tuesday at 3.\r\n")
    }

    @Test func `a letter that begins a thread is for one proven address, and what follows it is in its thread`() throws
    {
        let channel = MailChannel()
        func sent(_ reply: JSONObject) throws -> [String] {
            let message = OutboundMessage(
                id: "out_1", account: Post.accountID, reply: reply, privately: SenderID("mail:dana@acme.test"),
                content: .notice("x", link: nil))
            let request = try #require(channel.requests(for: message, from: Post.account).first)
            #expect(request.body["to"] == ["dana@acme.test"] && request.body["call"] == "dpc.\(Post.fresh).out_1")
            let raw = try #require(request.body["raw"]?.stringValue.flatMap { Base64.decodeURL($0) })
            return String(decoding: raw, as: UTF8.self).components("\r\n")
        }
        let reply = try #require(
            channel.letter(
                to: SenderID("mail:dana@acme.test"), about: "It asks\r\nBcc: eve@x.example", thread: Post.fresh))
        let first = try sent(reply)
        #expect(first.contains("Auto-Submitted: auto-generated"))
        #expect(first.contains { $0.hasPrefix("Subject: It asks") } && !first.contains { $0.hasPrefix("Bcc") })
        #expect(!first.contains { $0.hasPrefix("In-Reply-To") || $0.hasPrefix("Subject: Re:") })
        let next = try sent(try #require(channel.following("<dpy.a.out_1@acme.test>", of: reply)))
        #expect(next.contains("In-Reply-To: <dpy.a.out_1@acme.test>") && next.contains("Auto-Submitted: auto-replied"))
        #expect(next.contains { $0.hasPrefix("Subject: Re: It asks") })
        for sender in ["mail:unproven:dana@acme.test", "slack:T1/U1", "mail:dana"] {
            #expect(channel.letter(to: SenderID(sender), about: "x", thread: Post.fresh) == nil)
        }
        #expect(channel.letter(to: SenderID("mail:dana@acme.test"), about: "x", thread: "thread") == nil)
        #expect(channel.following("no id", of: reply) == nil)
    }

    @Test func `words that are longer than a mail may be come in several, each once and in order`() throws {
        let words = String(repeating: "ä", count: 200_000) + String(repeating: "b", count: 5)
        let reply = try #require(Post.message(Post.passed, Post.from)?.reply)
        let message = OutboundMessage(
            id: "out_1", account: Post.accountID, reply: reply, content: .words(words))
        let requests = MailChannel().requests(for: message, from: Post.account)
        #expect(
            requests.map { $0.body["call"] } == ["dpy.\(Post.fresh).out_1", "dpy.\(Post.fresh).out_1-2"])
        let said = try requests.map { request in
            let raw = try #require(request.body["raw"]?.stringValue.flatMap { Base64.decodeURL($0) })
            return try text(String(decoding: raw, as: UTF8.self).components("\r\n"))
        }
        #expect(said.map { $0.replacing("\r\n", with: "") }.joined() == words)
    }

    @Test func `each attempt at a message is the same mail`() throws {
        #expect(try #require(try answer()).body == (try #require(try answer())).body)
        #expect(try #require(try answer(id: "out_2")).body["call"] != (try #require(try answer())).body["call"])
    }

    @Test func `our own mail comes home to its conversation, and starts nothing by itself`() throws {
        let (body, _) = try #require(try answer())
        let id = "<\(body["call"]?.stringValue ?? "")@acme.test>"
        #expect(Post.message(Post.passed, Post.from, "In-Reply-To: \(id)")?.place.thread == Post.fresh)
        #expect(Post.refusal(Post.passed, Post.from, "Message-ID: \(id)") == .ownMail)
        let letter = id.replacing("dpy.", with: "dpc.")
        #expect(Post.message(Post.passed, Post.from, "In-Reply-To: \(letter)")?.place.thread == Post.fresh)
        #expect(Post.refusal(Post.passed, Post.from, "Message-ID: \(letter)") == .ownMail)
    }

    @Test func `it goes to nobody else`() throws {
        #expect(try answer(privately: SenderID("mail:zoe@outside.example")) != nil)
        #expect(try answer(privately: SenderID("mail:bob@acme.test")) == nil)
        #expect(try answer(privately: SenderID("slack:T1/U7")) == nil)
    }

    @Test func `what strangers wrote breaks no line of it`() throws {
        let subject = "=?utf-8?B?\(Base64.encode(Array("x\r\nBcc: evil@x.example".utf8)))?="
        let (_, lines) = try #require(
            try answer(
                to: [
                    "Subject: \(subject)", "Message-ID: <a b@x.example>",
                    "References: <ok@x.example> <bad\u{7F}@x.example> <<@x>",
                ]))
        #expect(!lines.contains { $0.hasPrefix("Bcc") })
        #expect(lines.contains("Subject: Re: x  Bcc: evil@x.example"))
        #expect(lines.contains("In-Reply-To: <ok@x.example>"))
        #expect(!lines.contains { $0.hasPrefix("References:") && $0.contains("bad") })
        let (_, wide) = try #require(try answer(to: ["Subject: " + String(repeating: "é😀", count: 60)]))
        #expect(wide.allSatisfy { $0.utf8.count <= 100 })
    }

    @Test func `an approval is a link and decides nothing by itself`() throws {
        let notice = ApprovalNotice(
            approval: "apr_1", title: "Send a mail", lines: ["to pat@x.example"], link: "https://deputy.test/a",
            hasButtons: true)
        let shown = try text(try #require(try answer(.approval(notice))).lines)
        #expect(
            shown.contains("Send a mail") && shown.contains("to pat@x.example")
                && shown.contains("https://deputy.test/a"))
        #expect(shown.contains("An answer to this mail decides nothing."))
        let link = try text(try #require(try answer(.notice("Show me", link: "https://deputy.test/s"))).lines)
        #expect(link == "Show me\r\n\r\nhttps://deputy.test/s\r\n")
    }

    @Test func `what became of it is what the server said`() {
        let channel = MailChannel()
        let request = ChannelRequest(method: "POST", path: "/send", body: [:])
        func outcome(_ status: Int, _ body: JSON) -> DeliveryOutcome {
            channel.outcome(of: ChannelAnswer(status: status, retryAfter: nil, body: body.bytes()), to: request)
        }
        #expect(outcome(200, ["message_id": "<a@b>"]) == .delivered("<a@b>"))
        #expect(outcome(200, [:]) == .unknown("the mail server took the mail and didn't say which it is"))
        #expect(
            outcome(400, ["error": ["message": "the mail server said 550"]]) == .refused("the mail server said 550"))
        #expect(!channel.traits.knowsRepeats && !channel.traits.hasButtons)
    }

    @Test func `settings name the server that checks, and nothing else`() throws {
        #expect(try MailAccountSettings(["authserv-id": "MX.acme.test"]).server == "mx.acme.test")
        for wrong: JSONObject in [
            [:], ["authserv-id": ""], ["authserv-id": "a b"], ["authserv-id": "a;b"], ["authserv-id": 7],
            ["authserv-id": "mx.acme.test", "more": "x"],
        ] {
            #expect(throws: MailSettingsProblem.self) { try MailAccountSettings(wrong) }
        }
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
