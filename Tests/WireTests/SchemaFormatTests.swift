import Testing
import Wire

@Suite struct `Schema formats` {
    private func takes(_ text: String, as format: String) throws -> Bool {
        let schema = try JSONSchema(["format": .string(format)])
        return (try? schema.validate(.string(text))) != nil
    }

    @Test(arguments: [
        "alice@example.com", "a.b+c@x-y.example", "o'hara@acme.test", "A1@1a.co", "!#$%&'*+-/=?^_`{|}~@example.com",
    ])
    func `one plain mail address`(_ text: String) throws {
        #expect(try takes(text, as: "email"))
    }

    @Test(arguments: [
        "", "@", "a", "a@", "@b.c", "a@b", "a@@b.c", "a@b.c,d@e.f", "a@b.c;d@e.f", "a@b.c d@e.f", "Alice <a@b.c>",
        "<a@b.c>",
        "a@b.c\r\nBcc: x@y.z", "a@b.c\n", "a\r@b.c", " a@b.c", "a@b.c ", ".a@b.c", "a.@b.c", "a..b@b.c", "a@.b.c",
        "a@b..c", "a@b.c.",
        "a@-b.c", "a@b-.c", "\"a b\"@c.d", "\"a\"@c.d", "a(x)@b.c", "a@[127.0.0.1]", "a@127.0.0.1", "é@b.c", "a@é.c",
        "a@b_c.d", "a:b@c.d",
        "a@b.c\0", "a@b.c@d.e", "mailto:a@b.c", "a%0a@b .c",
    ])
    func `anything else isn't one`(_ text: String) throws {
        #expect(try !takes(text, as: "email"))
    }

    @Test func `mail addresses have their lengths`() throws {
        let local = String(repeating: "a", count: 64)
        #expect(try takes("\(local)@b.co", as: "email"))
        #expect(try !takes("a\(local)@b.co", as: "email"))
        #expect(try takes("a@\(String(repeating: "b", count: 63)).co", as: "email"))
        #expect(try !takes("a@\(String(repeating: "b", count: 64)).co", as: "email"))
        let long = (0..<5).map { _ in String(repeating: "b", count: 60) }.joined(separator: ".")
        #expect(try !takes("a@\(long).co", as: "email"))
    }

    @Test(arguments: ["2026-07-28", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"]) func `dates that exist`(
        _ text: String
    ) throws {
        #expect(try takes(text, as: "date"))
    }

    @Test(arguments: [
        "", "2026-7-28", "2026-07-32", "2026-13-01", "2026-00-01", "2026-01-00", "2023-02-29", "1900-02-29",
        "2026-04-31", "26-07-28",
        "2026-07-28T00:00:00Z", "2026/07/28", " 2026-07-28", "+026-07-28", "2026-07-28-", "20260728",
    ])
    func `dates that don't`(_ text: String) throws {
        #expect(try !takes(text, as: "date"))
    }

    @Test(arguments: [
        "2026-07-28T09:30:00Z", "2026-07-28t09:30:00z", "2026-07-28T09:30:00.123456789+02:00", "2026-07-28T23:59:60Z",
        "1990-12-31T15:59:60-08:00", "2026-07-28T00:00:00-00:00",
    ])
    func `times with an offset`(_ text: String) throws {
        #expect(try takes(text, as: "date-time"))
    }

    @Test(arguments: [
        "", "2026-07-28", "2026-07-28T09:30:00", "2026-07-28 09:30:00Z", "2026-07-28T24:00:00Z", "2026-07-28T09:60:00Z",
        "2026-07-28T09:30:60Z", "2026-07-28T23:59:61Z", "2026-07-28T09:30:00.Z", "2026-07-28T09:30Z",
        "2026-07-28T09:30:00+2:00", "2026-07-28T09:30:00+0200",
        "2026-07-28T09:30:00+24:00", "2026-07-28T09:30:00ZZ", "2026-02-30T09:30:00Z", "2026-07-28T09:30:00Z\n",
        "2026-07-28T9:30:00Z0",
    ])
    func `times without, or that don't exist`(_ text: String) throws {
        #expect(try !takes(text, as: "date-time"))
    }

    @Test(arguments: [
        "https://example.com/a?b=c#d", "mailto:a@b.c", "urn:isbn:0451450523", "http://[::1]:80/", "x:%41",
    ])
    func `absolute URIs`(_ text: String) throws {
        #expect(try takes(text, as: "uri"))
    }

    @Test(arguments: [
        "", "a", "//x/y", "/x", "1a:b", ":a", "a:", "http://a b", "http://é.example", "a:%4", "a:%G1", "a:b#c#d",
        "a:<b>", "a:\nb", "a:b\\c",
    ])
    func `anything else isn't a URI`(_ text: String) throws {
        #expect(try !takes(text, as: "uri"))
    }
}
