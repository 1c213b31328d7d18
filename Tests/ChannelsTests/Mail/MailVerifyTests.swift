import Testing
import Turns

@testable import Channels

struct MailVerifyTests {
    @Test func `an address is somebody's with aligned DMARC, as the account's own server found it`() throws {
        let (sender, proof) = try #require(Post.sender(Post.passed, Post.from))
        #expect(sender == "mail:zoe@outside.example")
        #expect(proof == .aligned)
    }

    @Test(arguments: [
        "Authentication-Results: MX.acme.test 1; dmarc=pass (p=none dis=none) header.from=Outside.Example",
        "Authentication-Results: mx.acme.test;\r\n spf=pass smtp.mailfrom=outside.example smtp.helo=[192.0.2.1];\r\n dkim=pass"
            + " header.i=@outside.example header.b=\"a+b/c=\";\r\n dmarc=pass reason=\"a; dmarc=fail\" header.from=outside.example",
        "Authentication-Results: (a comment; here) \"mx.acme.test\"; dmarc = pass header.from = outside.example;",
        "Authentication-Results: other.example; dmarc=fail header.from=outside.example\r\n" + Post.passed,
    ])
    func `however it is written`(results: String) throws {
        let (_, proof) = try #require(Post.sender(results, Post.from))
        #expect(proof == .aligned)
    }

    @Test(arguments: [
        "X-Nothing: said",
        "Authentication-Results: other.example; dmarc=pass header.from=outside.example",
        "Authentication-Results: mx.acme.test.evil.example; dmarc=pass header.from=outside.example",
        "Authentication-Results: mx.acme.test; none",
        "Authentication-Results: mx.acme.test; dmarc=fail header.from=outside.example",
        "Authentication-Results: mx.acme.test; dmarc=none header.from=outside.example",
        "Authentication-Results: mx.acme.test; dmarc=pass",
        "Authentication-Results: mx.acme.test; dmarc=pass header.from=evil.example",
        "Authentication-Results: mx.acme.test; dmarc=pass header.from=sub.outside.example",
        "Authentication-Results: mx.acme.test; dmarc=pass header.from=outside.example; dmarc=fail header.from=outside.example",
        "Authentication-Results: mx.acme.test; dmarc=pass header.from=evil.example header.from=outside.example",
        "Authentication-Results: mx.acme.test; spf=pass reason=\"; dmarc=pass header.from=outside.example\"",
        "Authentication-Results: mx.acme.test; (dmarc=pass header.from=outside.example",
        "Authentication-Results: mx.acme.test; x-dmarc=pass header.from=outside.example",
        "Authentication-Results: mx.acme.test 2; dmarc=pass header.from=outside.example",
        "ARC-Authentication-Results: i=1; mx.acme.test; dmarc=pass header.from=outside.example",
        "Authentication-Results: mx.acme.test; dkim=pass header.d=outside.example; spf=pass smtp.mailfrom=outside.example",
    ])
    func `without it anybody could have written the name`(results: String) throws {
        let (sender, proof) = try #require(Post.sender(results, Post.from))
        #expect(sender == "mail:unproven:zoe@outside.example")
        #expect(proof == .none)
    }

    @Test func `what stands below the server's own word came with the message`() throws {
        let failed = "Authentication-Results: mx.acme.test; dmarc=fail header.from=outside.example"
        #expect(try #require(Post.sender(failed, Post.passed, Post.from)).1 == .none)
        #expect(try #require(Post.sender(Post.passed, failed, Post.from)).1 == .aligned)
        let unreadable = "Authentication-Results: mx.acme.test; dmarc==pass"
        #expect(try #require(Post.sender(unreadable, Post.passed, Post.from)).1 == .none)
    }

    @Test(arguments: [
        ("From: zoe@outside.example", "zoe@outside.example"), ("FROM: <ZOE@Outside.EXAMPLE>", "zoe@outside.example"),
        ("From: \"Zoe, <x@y.example>\" <zoe@outside.example>", "zoe@outside.example"),
        ("From: =?utf-8?q?Zo=C3=AB?= <zoe@outside.example> (Zoe)", "zoe@outside.example"),
        ("From: Zoë\r\n <zoe@outside.example>", "zoe@outside.example"),
    ])
    func `one address is read, whatever stands around it`(from: String, address: String) throws {
        #expect(try #require(Post.sender(Post.passed, from)).0 == "mail:\(address)")
    }

    @Test(arguments: [
        ["From: zoe@outside.example, bob@acme.test"], ["From: zoe@outside.example", "From: alice@acme.test"],
        ["From: <zoe@outside.example> <alice@acme.test>"], ["From: friends: zoe@outside.example;"], ["From: "],
        ["To: x@y.example"],
        ["From: alice@acme.test <zoe@outside.example>"], ["From: <@relay.example:zoe@outside.example>"],
        ["From: \"zoe outside\"@outside.example"], ["From: zoe@[192.0.2.1]"], ["From: zoë@outside.example"],
        ["From: zoe@outside.example\u{0}"], ["From: <zoe@outside.example"], ["From: zoe@outside.example (never closed"],
        ["From: zoe@outside.example,"], ["From: <zoe@outside.example>x"], ["From: zoe @outside.example"],
    ])
    func `what could be read as two, or as none, is nobody`(headers: [String]) {
        guard case .refused(let refusal) = Post.outcome(Post.mail([Post.passed] + headers)) else {
            Issue.record("it was taken")
            return
        }
        #expect([.nobody, .malformed].contains(refusal))
    }
}
