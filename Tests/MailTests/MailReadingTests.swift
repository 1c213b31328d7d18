import Testing
import Wire

@testable import Mail

private func data(_ text: String) throws -> [String: IMAPValue] {
    var reader = IMAPFrameReader()
    let frame = try #require(try reader.push(Array(("* 1 FETCH " + text + "\r\n").utf8)).first)
    guard case .untagged(.fetch(let data)) = try IMAPResponse(frame) else { return [:] }
    return data
}

struct MailReadingTests {
    @Test func `an envelope is read with its names`() throws {
        let found = try data(
            #"(UID 9 FLAGS (\Seen) RFC822.SIZE 44 ENVELOPE ("Wed, 18 Nov 2026 11:06:40 +0000" "=?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?utf-8?B?IQ==?= x" (("=?iso-8859-1?Q?Zo=EB?=" NIL "zoe" "acme.test")) NIL NIL ((NIL NIL "alice" "acme.test")(NIL NIL "list" NIL)) NIL NIL "<a@b>" "<c@d>"))"#
        )
        let summary = try #require(MailSummary(found))
        #expect(summary.subject == "Grüße! x")
        #expect(summary.from == [MailSummary.Person(name: "Zoë", address: "zoe@acme.test")])
        #expect(summary.to == [MailSummary.Person(name: nil, address: "alice@acme.test")])
        #expect(summary.isRead && summary.size == 44 && summary.number == 9)
        #expect(summary.messageID == "<c@d>" && summary.inReplyTo == "<a@b>")
    }

    @Test(arguments: [
        ("<dpc.6bac.out_1@acme.test>", true), (" <dpc.6bac.out_1@acme.test>", true), ("\r\n <dpc.a@b>", true),
        ("<dpy.6bac.out_1@acme.test>", false), ("<x-dpc.a@b>", false), ("", false),
    ])
    func `a letter to an approver is known by its id`(id: String, isOne: Bool) {
        #expect(ApproverLetter.hasID(id) == isOne)
    }

    @Test(arguments: [
        "(UID 9)", "(ENVELOPE (NIL NIL))", "(UID x ENVELOPE (1 2 3 4 5 6 7 8 9 10))", "(UID 9 ENVELOPE NIL)",
    ])
    func `data that isn't of a whole message is none`(text: String) throws {
        #expect(MailSummary(try data(text)) == nil)
    }

    @Test func `a message's parts have their numbers`() throws {
        let found = try data(
            #"(BODYSTRUCTURE ((("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" 12 1 NIL NIL NIL NIL)("TEXT" "HTML" NIL NIL NIL "7BIT" 30 2 NIL NIL NIL NIL) "ALTERNATIVE" ("BOUNDARY" "x") NIL NIL)("APPLICATION" "PDF" ("NAME" "a.pdf") NIL NIL "BASE64" 900 NIL ("ATTACHMENT" ("FILENAME" "b.pdf")) NIL NIL) "MIXED"))"#
        )
        let parts = MailPart.parts(of: found["BODYSTRUCTURE"] ?? .none)
        #expect(parts.map(\.section) == ["1.1", "1.2", "2"])
        #expect(parts.map(\.type) == ["text/plain", "text/html", "application/pdf"])
        #expect(parts[0].charset == "utf-8")
        #expect(parts[2].fileName == "b.pdf" && parts[2].isAttachment && parts[2].size == 900)
    }

    @Test(arguments: [
        (#"("FILENAME*" "utf-8'en'na%C3%AFve.txt" "FILENAME" "plain.txt")"#, "naïve.txt"),
        (#"("FILENAME*0" "a-" "FILENAME*1" "b.txt")"#, "a-b.txt"),
        (#"("FILENAME*0*" "iso-8859-1''%FC-" "FILENAME*1" "b.txt")"#, "ü-b.txt"),
        (#"("FILENAME*" "nonsense" "FILENAME" "plain.txt")"#, "plain.txt"),
        (#"("FILENAME*" "utf-8''%ZZ" "FILENAME" "=?utf-8?q?=C3=BC?=")"#, "ü"),
    ])
    func `a file's name may be long, or beyond ASCII`(parameters: String, name: String) throws {
        let found = try data(
            #"(BODYSTRUCTURE ("APPLICATION" "PDF" NIL NIL NIL "BASE64" 9 NIL ("ATTACHMENT" \#(parameters)) NIL NIL))"#)
        #expect(MailPart.parts(of: found["BODYSTRUCTURE"] ?? .none).map(\.fileName) == [name])
    }

    @Test func `what has a name is a file, also where it stands among the words, and so is what isn't text`() throws {
        let found = try data(
            #"(BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 2 1 NIL NIL NIL NIL)("TEXT" "CSV" ("CHARSET" "iso-8859-1") NIL NIL "BASE64" 8 1 NIL ("INLINE" ("FILENAME" "a.csv")) NIL NIL)("IMAGE" "PNG" NIL NIL NIL "BASE64" 9 NIL NIL NIL NIL) "MIXED"))"#
        )
        let parts = MailPart.parts(of: found["BODYSTRUCTURE"] ?? .none)
        #expect(parts.map(\.isFile) == [false, true, true])
        #expect(parts[1].content(of: Array("/A==".utf8)) == Array("ü".utf8), "a text comes in UTF-8")
        #expect(parts[2].content(of: Array("/A==".utf8)) == [0xFC])
    }

    @Test func `a message of one part is its first`() throws {
        let found = try data(#"(BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 2 1))"#)
        #expect(MailPart.parts(of: found["BODYSTRUCTURE"] ?? .none).map(\.section) == ["1"])
    }

    @Test(arguments: [
        ("base64", "SGVsbG8=", "Hello"), ("BASE64", "SGVs\r\nbG8", "Hello"), ("base64", "%%%", "%%%"),
        ("quoted-printable", "a=\r\nb=3D=", "ab="), ("quoted-printable", "a=zzb", "a=zzb"), ("7bit", "=3D", "=3D"),
    ])
    func `a transfer encoding is undone as far as it goes`(encoding: String, carried: String, text: String) {
        #expect(String(decoding: MailText.undone(Array(carried.utf8), encoding: encoding), as: UTF8.self) == text)
    }

    @Test(arguments: [
        ("=?utf-8?q?a_b?=", "a b"), ("=?utf-8*de?B?w7w=?=", "ü"), ("=?utf-8?X?a?=", "=?utf-8?X?a?="), ("=?=", "=?="),
        ("=?windows-1252?Q?=FC?=", "ü"), ("plain", "plain"),
    ])
    func `an encoded word is read where it is one`(header: String, text: String) {
        #expect(MailText.header(Array(header.utf8)) == text)
    }
}
