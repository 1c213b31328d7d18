import Authority
import Broker
import Gate
import Testing
import Wire

@testable import Egress

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
