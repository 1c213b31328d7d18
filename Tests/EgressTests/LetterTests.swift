import Mail
import Testing
import Wire

@testable import Egress

private func wanted(_ to: [String], raw: String = "To: x\r\nSubject: a\r\n\r\nYQ==\r\n", call: String = "abc") -> JSON {
    [
        "to": .array(to.map { .string($0) }), "call": .string(call), "raw": .string(Base64.encodeURL(Array(raw.utf8))),
    ]
}

struct LetterTests {
    @Test func `a letter is from the account, and has the call's id`() throws {
        let letter = try Letter(wanted(["bob@acme.test", "bob@acme.test"]), from: "alice@acme.test")
        let text = String(decoding: letter.bytes, as: UTF8.self)
        #expect(text.hasPrefix("From: <alice@acme.test>\r\nDate: "))
        #expect(text.contains("\r\nMessage-ID: <abc@acme.test>\r\nTo: x\r\n"))
        #expect(letter.recipients.map(\.text) == ["bob@acme.test"])
    }

    @Test func `an account without an address writes nothing`() {
        #expect(throws: MailFailure.self) { try Letter(wanted(["bob@acme.test"]), from: "alice") }
        #expect(throws: MailFailure.self) { try Letter(wanted(["bob@acme.test"]), from: nil) }
    }

    @Test(arguments: ["bob", "bob@acme.test>\r\nRCPT TO:<eve@evil.test", "<bob@acme.test>", "a@b.test,c@d.test"])
    func `a recipient that could be two is none`(to: String) {
        #expect(throws: MailFailure.self) { try Letter(wanted([to]), from: "alice@acme.test") }
    }

    @Test(arguments: ["Subject: ü\r\n\r\n", "Subject: a\n\r\n", "Subject: a\r\n\r\nx\0\r\n", "Subject: a"])
    func `a letter that some server would read in two ways isn't written`(raw: String) {
        #expect(throws: MailFailure.self) { try Letter(wanted(["bob@acme.test"], raw: raw), from: "alice@acme.test") }
    }

    @Test(arguments: ["a>\r\nBcc: x@y.test", "", "a b"])
    func `a call's id that can't stand in a header is none`(call: String) {
        #expect(throws: MailFailure.self) { try Letter(wanted(["b@acme.test"], call: call), from: "alice@acme.test") }
    }

    @Test(arguments: ["", "1", "1-", "-1", "1-0", "1-2-3", "+1-2", "4294967296-1", "1-x"])
    func `an id that no search gave is refused`(id: String) {
        #expect(throws: MailFailure.self) { try MailID(["id": .string(id)]) }
    }
}
