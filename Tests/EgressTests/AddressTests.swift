import Testing

@testable import Egress

struct AddressTests {
    @Test(arguments: [
        "127.0.0.1", "127.255.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
        "255.255.255.255",
        "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1", "2002:0a00:0001::", "::127.0.0.1",
        "::ffff:0:10.0.0.1", "::ffff:0:1.1.1.1", "fec0::1", "100::1", "5f00::1", "3fff::1", "2001:0:a00:1::", "4000::1",
        "1::1",
    ])
    func `row_7 an address that isn't on the public internet is none to connect to`(text: String) throws {
        let address = try #require(Address(text))
        #expect(!address.isPublic)
        #expect(!AddressPolicy(allowLoopback: false).allows(address))
    }

    @Test(arguments: ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"])
    func `a public address is allowed`(text: String) throws {
        #expect(AddressPolicy(allowLoopback: false).allows(try #require(Address(text))))
    }

    @Test(arguments: ["127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "1.1.1.01", "1.1.1", "[::1]", "fe80::1%eth0"])
    func `row_7 an address in an odd form is none`(text: String) { #expect(Address(text) == nil) }

    @Test func `loopback is allowed only when the gateway was told so`() throws {
        let policy = AddressPolicy(allowLoopback: true)
        #expect(policy.allows(try #require(Address("127.0.0.1"))))
        #expect(!policy.allows(try #require(Address("10.0.0.1"))))
        #expect(policy.allowsClear(try #require(Origin("http://127.0.0.1:80"))))
        #expect(!policy.allowsClear(try #require(Origin("http://localhost:80"))))
        #expect(!AddressPolicy(allowLoopback: false).allowsClear(try #require(Origin("http://127.0.0.1:80"))))
    }

    @Test(arguments: [
        "https://user@api.example", "https://api.example/", "https://api.example/path", "ftp://api.example",
        "api.example",
        "https://", "https://0x7f.1", "https://127.1", "https://2130706433", "https://api.example:0",
        "https://api.example:65536", "https://api..example", "https://[::1", "https://a b.example",
        "https://api.example#x",
        "https://api.example?x", "https://api.example\\@evil.example",
    ])
    func `row_7 what isn't scheme, host and port is no origin`(text: String) { #expect(Origin(text) == nil) }

    @Test func `an origin is scheme, host and port`() throws {
        let origin = try #require(Origin("https://API.example:8443"))
        #expect(origin.isSecure)
        #expect(origin.host == "api.example")
        #expect(origin.port == 8443)
        #expect(origin.text == "https://api.example:8443")
        #expect(Origin("http://[::1]:8080")?.host == "::1")
        #expect(Origin("http://[::1]:8080")?.text == "http://[::1]:8080")
        #expect(Origin("https://API.example")?.text == "https://api.example")
    }
}
