import Testing
import Turns
import Wire

@testable import Gateway

struct MultipartFormTests {
    private static let type = "multipart/form-data; boundary=----WebKitFormBoundaryx"

    private func form(_ parts: [String], type: String = MultipartFormTests.type, end: String = "--\r\n")
        -> MultipartForm?
    {
        let body = parts.map { "------WebKitFormBoundaryx\r\n\($0)\r\n" }.joined() + "------WebKitFormBoundaryx" + end
        return MultipartForm(Array(body.utf8), contentType: type)
    }

    private func field(_ name: String, _ value: String) -> String {
        "Content-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)"
    }

    private func file(_ name: String, _ value: String, type: String = "text/csv") -> String {
        "Content-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\nContent-Type: \(type)\r\n\r\n\(value)"
    }

    @Test func `fields and files are told apart, and an empty choice is none`() throws {
        let read = try #require(
            form([
                field("text", "hi\r\nthere"), file("a.csv", "1;2\r\n"), file("", "", type: "application/octet-stream"),
                field("e", ""),
            ]))
        #expect(read.fields == ["text": "hi\r\nthere", "e": ""])
        #expect(read.files == [InboundFile(name: "a.csv", mediaType: "text/csv", bytes: Array("1;2\r\n".utf8))])
    }

    @Test(arguments: [
        ("../../a", "_.._a"), ("gpj.\u{202E}exe", "gpj.exe"), ("C:\\x", "C__x"), ("a%22b", "a%22b"),
        ("größe.csv", "größe.csv"),
    ])
    func `a file's name is inert`(name: String, inert: String) throws {
        #expect(try #require(form([file(name, "x")])).files.map(\.name) == [inert])
    }

    @Test(arguments: ["text/html; charset=x", "TEXT/HTML"])
    func `a type is without parameters`(type: String) throws {
        #expect(try #require(form([file("a", "x", type: type)])).files.map(\.mediaType) == ["text/html"])
    }

    @Test func `what could be read in two ways is no form`() {
        let two = "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nx"
        let parts: [[String]] = [
            [field("a", "1"), field("a", "2")], [two], ["no head\r\n\r\nx"], ["\r\n\r\nx"], ["x"],
            ["Content-Disposition: attachment; name=\"a\"\r\n\r\nx"],
            ["Content-Disposition: form-data; name=a\r\n\r\nx"],
            ["Content-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx"],
            ["Content-Disposition: form-data; name=\"a\"; filename*=utf-8''x\r\n\r\nx"],
            ["Content-Disposition: form-data; filename=\"a\"\r\n\r\nx"],
            Array(repeating: field("a", "1"), count: 10_000), (0..<21).map { field("f\($0)", "1") },
        ]
        for part in parts { #expect(form(part) == nil, "\(part.first ?? "")") }
        #expect(form([field("a", "1")], end: "") == nil, "it ended early")
        for type in [
            "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x", "text/plain",
        ] {
            #expect(form([field("a", "1")], type: type) == nil)
        }
        #expect(form([String(repeating: "x", count: 5_000) + ": y\r\n\r\nz"]) == nil, "a head that doesn't end")
    }

    @Test func `whatever bytes come, something or nothing is read`() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "------WebKitFormBoundaryx", "\r\n", "--", "Content-Disposition: form-data; name=\"", "\"", "filename=\"",
            "; ", "\0", "x", ":",
        ]
        var read = 0
        for _ in 0..<5_000 {
            let body =
                "------WebKitFormBoundaryx\r\n"
                + (0..<Int.random(in: 0..<20, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
            if MultipartForm(Array((body + "\r\n------WebKitFormBoundaryx--").utf8), contentType: Self.type) != nil {
                read += 1
            }
        }
        #expect(read < 5_000)
    }

    @Test func `files have bounds in number and size`() {
        func file(_ count: Int) -> InboundFile {
            InboundFile(name: "a", mediaType: "text/plain", bytes: Array(repeating: 0, count: count))
        }
        #expect(InboundFile.problem(of: [file(1 << 20)]) == nil)
        #expect(InboundFile.problem(of: [file((1 << 20) + 1)])?.refusal == .size)
        #expect(InboundFile.problem(of: Array(repeating: file(1), count: 5)) == nil)
        #expect(InboundFile.problem(of: Array(repeating: file(1), count: 6))?.refusal == .many)
        #expect(InboundFile.problem(of: Array(repeating: file(1 << 20), count: 2)) == nil)
        #expect(InboundFile.problem(of: Array(repeating: file(1 << 20), count: 2) + [file(1)])?.refusal == .size)
    }
}
