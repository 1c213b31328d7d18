import HTTPTypes
import Testing

@testable import Gateway

/// Where a request comes from, when proxies stand between.
struct TrustedProxyTests {
    private let proxies: TrustedProxies

    init() throws {
        proxies = TrustedProxies([try AddressBlock("10.0.0.0/8"), try AddressBlock("fd00::/8")])
    }

    private func source(_ peer: String?, _ headers: (String, String)...) throws -> SourceAddress {
        var fields = HTTPFields()
        for (name, value) in headers { fields.append(HTTPField(name: try #require(.init(name)), value: value)) }
        return proxies.source(of: peer, fields)
    }

    @Test func `what somebody else says of addresses is ignored`() throws {
        let own = SourceAddress("192.0.2.1")
        #expect(try source("192.0.2.1", ("X-Forwarded-For", "198.51.100.1")) == own)
        #expect(try source("192.0.2.1", ("Forwarded", "for=198.51.100.1")) == own)
        #expect(
            TrustedProxies.none.source(of: "10.0.0.1", [.init("X-Forwarded-For")!: "198.51.100.1"])
                == SourceAddress("10.0.0.1"))
    }

    @Test func `behind a proxy the nearest address that isn't a proxy counts`() throws {
        #expect(try source("10.0.0.1", ("X-Forwarded-For", "198.51.100.1")) == SourceAddress("198.51.100.1"))
        #expect(
            try source("10.0.0.1", ("X-Forwarded-For", "203.0.113.9, 198.51.100.1, 10.0.0.7, fd00::7"))
                == SourceAddress("198.51.100.1"))
        #expect(
            try source("::ffff:10.0.0.1", ("Forwarded", "for=203.0.113.9;proto=https, For=\"[2001:db8::5]:4711\";by=x"))
                == SourceAddress("2001:db8::5"))
    }

    @Test func `lines of one header are read as one`() throws {
        #expect(
            try source("10.0.0.1", ("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", "198.51.100.2"))
                == SourceAddress("198.51.100.2"))
    }

    @Test(arguments: [
        "unknown", "_hidden", "", "198.51.100.1, unknown", "198.51.100.1, 1.2.3", "0x7f.1", "198.51.100.1, [::1",
    ])
    func `what can't be read counts as the proxy's own`(_ value: String) throws {
        let own = SourceAddress("10.0.0.1")
        if value != "198.51.100.1, [::1" { #expect(try source("10.0.0.1", ("X-Forwarded-For", value)) == own) }
    }

    @Test(arguments: [
        #"for=203.0.113.9;x="#, #"for="203.0.113.9"#, #"for=203.0.113.9;x="", "#, #"for="a\"b""#, "for", "=",
        #"for="x"y"#,
    ])
    func `open quotes don't swallow what a proxy appends`(_ forged: String) throws {
        for appended in [#"for="198.51.100.1:80""#, #"for="[2001:db8::5]""#] {
            let source = try source("10.0.0.1", ("Forwarded", forged + ", " + appended))
            #expect(source != SourceAddress("203.0.113.9"))
            #expect(
                [SourceAddress("10.0.0.1"), SourceAddress("198.51.100.1"), SourceAddress("2001:db8::5")]
                    .contains(source))
        }
    }

    @Test func `a header that the proxy doesn't keep can't name somebody else`() throws {
        let own = SourceAddress("10.0.0.1")
        #expect(
            try source("10.0.0.1", ("Forwarded", "for=203.0.113.9"), ("X-Forwarded-For", "198.51.100.1")) == own)
        #expect(
            try source("10.0.0.1", ("Forwarded", "for=198.51.100.1"), ("X-Forwarded-For", "198.51.100.1"))
                == SourceAddress("198.51.100.1"))
    }

    @Test func `a chain of proxies alone ends at the farthest`() throws {
        #expect(try source("10.0.0.1", ("X-Forwarded-For", "10.0.0.3, 10.0.0.2")) == SourceAddress("10.0.0.3"))
        #expect(try source("10.0.0.1") == SourceAddress("10.0.0.1"))
        #expect(try source(nil, ("X-Forwarded-For", "198.51.100.1")) == SourceAddress(nil))
    }

    @Test(arguments: ["10.0.0.0/8", "10.0.0.7", "0.0.0.0/0", "fd00::/8", "::1", "192.168.4.0/22"])
    func `networks are read`(_ text: String) throws {
        _ = try AddressBlock(text)
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "fd00::/129", "proxy.example", "", "/8", "10.0.0.1/8",
    ])
    func `what isn't a network is told`(_ text: String) {
        #expect(throws: FaceError.self) { try AddressBlock(text) }
    }

    @Test func `host bits are told with the network that was meant`() {
        let error = #expect(throws: FaceError.self) { try AddressBlock("10.1.2.3/8") }
        #expect(error?.hint == "did you mean `10.0.0.0/8`, or `10.1.2.3` alone?")
    }

    @Test func `blocks end where they say`() throws {
        let block = try AddressBlock("192.168.4.0/22")
        #expect(block.contains(try #require(IPAddress("192.168.7.255"))))
        #expect(!block.contains(try #require(IPAddress("192.168.8.0"))))
        #expect(!block.contains(try #require(IPAddress("::"))))
        #expect(try AddressBlock("::/0").contains(try #require(IPAddress("2001:db8::1"))))
    }
}
