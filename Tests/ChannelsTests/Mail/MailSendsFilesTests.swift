import Gate
import Testing
import Turns
import Wire

@testable import Channels

struct MailSendsFilesTests {
    private func file(_ name: String, _ type: String = "text/csv", _ bytes: [UInt8] = Array("a;b".utf8)) -> OutboundFile
    {
        var file = OutboundFile(call: CallID("c1"), name: name, mediaType: type, size: bytes.count)
        file.bytes = bytes
        return file
    }

    private func lines(_ files: [OutboundFile]) throws -> [String] {
        guard case .message(let asked) = Post.outcome(Post.mail([Post.passed, Post.from, "Subject: s"])) else {
            throw Odd()
        }
        let message = OutboundMessage(
            id: "out_1", account: Post.accountID, reply: asked.reply, content: .words("See."), files: files)
        let request = try #require(MailChannel().requests(for: message, from: Post.account).first)
        let raw = try #require(request.body["raw"]?.stringValue.flatMap { Base64.decodeURL($0) })
        return String(decoding: raw, as: UTF8.self).components("\r\n")
    }

    private struct Odd: Error {}

    @Test func `words and files are the parts of one mail`() throws {
        let lines = try lines([file("plan.csv"), file("b.bin", "application/octet-stream", [0, 255])])
        #expect(lines.contains(#"Content-Type: multipart/mixed; boundary="=_deputy_=""#))
        #expect(lines.count { $0 == "--=_deputy_=" } == 3 && lines.count { $0 == "--=_deputy_=--" } == 1)
        #expect(lines.contains("Content-Type: text/csv; charset=utf-8") && lines.contains("YTti"))
        #expect(lines.contains("Content-Type: application/octet-stream") && lines.contains("AP8="))
        #expect(lines.contains(#"Content-Disposition: attachment; filename="plan.csv""#))
        #expect(lines.contains("U2VlLg0K"))
    }

    @Test(arguments: [
        "a\r\nX-Evil: 1", "a\"; filename=\"b", "größe.csv", String(repeating: "ü", count: 150), "gpj.\u{202E}exe",
        "*", "a'b",
        "=?utf-8?q?a?=",
    ])
    func `a name that isn't plain is percent-encoded in pieces, and no line is another's`(name: String) throws {
        let all = try lines([file(name)])
        let start = try #require(all.firstIndex(of: "Content-Disposition: attachment;"))
        let pieces = all[(start + 1)...].prefix { $0.hasPrefix(" filename*") }
        var encoded = ""
        for (number, piece) in pieces.enumerated() {
            #expect(piece.utf8.count <= 78 && piece.hasPrefix(" filename*\(number)*="))
            let isLast = number + 1 == pieces.count
            #expect(piece.hasSuffix(";") == !isLast)
            encoded += piece.dropFirst(" filename*\(number)*=".utf8.count).prefix { $0 != ";" }
        }
        #expect(encoded.hasPrefix("utf-8''") && PercentEncoding.decode(String(encoded.dropFirst(7))) == name)
        #expect(all[start + 1 + pieces.count] == "Content-Transfer-Encoding: base64")
        #expect(!all.contains { $0.hasPrefix("X-Evil") } && all.allSatisfy { $0.utf8.count <= 998 })
    }

    @Test func `without files a mail is what it was`() throws {
        #expect(try lines([]).contains("Content-Type: text/plain; charset=utf-8"))
        #expect(try !lines([]).contains { $0.contains("multipart") })
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var rest = Substring(self)
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
