import Testing
import Turns

@testable import Channels

struct MailGuardTests {
    @Test(arguments: [
        ("Auto-Submitted: auto-replied", MailRefusal.automatic), ("auto-submitted: Auto-Generated; x=y", .automatic),
        ("Auto-Submitted: no\r\nAuto-Submitted: auto-notified", .automatic), ("Auto-Submitted:", .automatic),
        ("Precedence: BULK", .list), ("Precedence: junk", .list), ("Precedence: list", .list),
        ("List-Id: <a.lists.example>", .list), ("List-Unsubscribe: <mailto:x@y.example>", .list),
        ("Return-Path: <>", .automatic), ("Return-Path: < >", .automatic),
        ("Content-Type: multipart/report; report-type=delivery-status", .automatic),
        ("X-Auto-Response-Suppress: All", .automatic), ("X-Loop: anything", .ownMail),
        ("Message-ID: <dpy.0123456789abcdef012345.out_1@acme.test>", .ownMail),
    ])
    func `no machine is answered`(header: String, refusal: MailRefusal) {
        #expect(Post.refusal(Post.passed, header, Post.from) == refusal)
    }

    @Test(arguments: [
        "MAILER-DAEMON@outside.example", "postmaster@outside.example", "no-reply@outside.example",
        "noreply+7@outside.example", "Do-Not-Reply@outside.example", "bounces@outside.example",
    ])
    func `nor a name behind which nobody reads`(address: String) {
        #expect(Post.refusal(Post.passed, "From: \(address)") == .automatic)
    }

    @Test func `nor ourselves`() {
        #expect(Post.refusal(Post.passed, "From: The Claw <CLAW@acme.test>") == .ownMail)
    }

    @Test(arguments: [
        "Auto-Submitted: no", "Auto-Submitted: No (really)", "Precedence: first-class",
        "Return-Path: <zoe@outside.example>",
        "X-Auto-Response-Suppress: None", "Message-ID: <dpy.0123456789abcdef012345.out_1@outside.example>",
        "Content-Type: multipart/mixed; boundary=x", "Listing: no list",
    ])
    func `people are`(header: String) {
        #expect(Post.message(Post.passed, header, Post.from) != nil)
    }

    @Test func `what can't be read is set aside, and what is too large isn't`() {
        #expect(Post.refusal("no colon here") == .malformed)
        #expect(Post.refusal(" begins with a space", Post.from) == .malformed)
        #expect(Post.refusal("From : zoe@outside.example") == .malformed)
        #expect(Post.refusal("Subject: a\rb", Post.from) == .malformed)
        #expect(MailRefusal.malformed.isSetAside && !MailRefusal.automatic.isSetAside)
        let long = "X-Long: " + String(repeating: "x", count: MailHeader.longest)
        #expect(Post.refusal(long, Post.from) == .tooLarge)
        #expect(Post.outcome(Post.mail([Post.from], size: MailChannel.largest + 1)) == .refused(.tooLarge))
        let many = Array(repeating: "X: y", count: 1_001)
        #expect(Post.outcome(Post.mail([Post.from] + many)) == .refused(.malformed))
    }
}
