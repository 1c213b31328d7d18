import Definition
import Testing
import Wire

struct RenderingTests {
    private func render(_ tool: String, _ arguments: JSONObject) throws -> RenderedRequest {
        let manifest = try #require(
            try BundledProviders.read().first { $0.tools.contains { $0.name == tool } })
        let template = try #require(manifest.tools.first { $0.name == tool })
        return try manifest.render(template.request, arguments, call: "call_0a1b")
    }

    @Test func `arguments are encoded where they stand`() throws {
        let request = try render("notion.get_page", ["page_id": "a/../b?c#d"])
        #expect(request.path == "/v1/pages/a%2F..%2Fb%3Fc%23d")
        #expect(request.headers.contains { $0.name == "Notion-Version" })
    }

    @Test(arguments: [".", "..", ""]) func `a segment that would climb out of its path is refused`(id: String) throws {
        #expect(throws: RenderingError.self) { try render("notion.get_page", ["page_id": .string(id)]) }
    }

    @Test func `an absent argument leaves out its query item and its member`() throws {
        #expect(try render("slack.read_channel", ["channel": "C1", "limit": 5]).query == "channel=C1&limit=5")
        let body = try JSON.parse(try render("notion.search", ["query": "x", "page_size": 3]).body)
        #expect(body == ["query": "x", "page_size": 3])
    }

    @Test func `each attendee becomes an object and the event bears the call's own id`() throws {
        let request = try render(
            "calendar.create_event",
            [
                "summary": "s", "start": "2026-11-24T10:00:00Z", "end": "2026-11-24T11:00:00Z",
                "attendees": ["a@x.example", "b@x.example"],
            ])
        let body = try JSON.parse(request.body)
        #expect(body["attendees"] == [["email": "a@x.example"], ["email": "b@x.example"]])
        let id = try #require(body["id"]?.stringValue)
        #expect(id.utf8.allSatisfy { (48...57).contains($0) || (97...118).contains($0) })
        #expect(body["description"] == nil)
    }

    private func mail(_ arguments: JSONObject) throws -> String {
        let body = try JSON.parse(try render("gmail.send", arguments).body)
        let raw = try #require(body["raw"]?.stringValue.flatMap(Base64.decodeURL))
        return String(decoding: raw, as: UTF8.self)
    }

    @Test func `a mail has its headers, an encoded subject and a body of short lines`() throws {
        let text = try mail([
            "to": ["pat@x.example"], "cc": ["q@x.example"], "subject": "Grüße — 你好",
            "body": .string(String(repeating: "hello ", count: 100)),
        ])
        #expect(text.hasPrefix("To: pat@x.example\r\nCc: q@x.example\r\nSubject: =?utf-8?B?"))
        #expect(!text.contains("From:"))
        for line in text.split(separator: "\r\n") { #expect(line.utf8.count <= 76) }
    }

    @Test(arguments: ["a\r\nBcc: evil@x.example", "a\nb", "a\u{0}b"])
    func `a line break in a header is refused`(subject: String) throws {
        #expect(throws: RenderingError.self) {
            try mail(["to": ["pat@x.example"], "subject": .string(subject), "body": "b"])
        }
    }
}
