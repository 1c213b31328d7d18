import Testing

@testable import Gateway

struct TriesTests {
    private let clock = FakeClock()

    private func tries(most: Int = 4_096) -> Tries<SourceAddress> {
        Tries(burst: 3, perSecond: 0.5, most: most) { [clock] in clock.now }
    }

    private func address(_ text: String) -> SourceAddress { SourceAddress(text) }

    @Test func `an address that tries in vain waits, and others don't`() {
        let tries = tries()
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"))
        for _ in 0..<3 { #expect(tries.take(of: one) == nil) }
        #expect(tries.take(of: one) == 2)
        #expect(tries.take(of: other) == nil)
        clock.pass(.seconds(2))
        #expect(tries.take(of: one) == nil)
        #expect(tries.take(of: one) == 2)
    }

    @Test func `looking whether anything is left takes nothing, and remembers nobody`() {
        let (tries, address) = (tries(), address("192.0.2.1"))
        for _ in 0..<100 { #expect(!tries.isSpent(by: address)) }
        #expect(tries.remembered == 0)
        for _ in 0..<3 { #expect(tries.take(of: address) == nil) }
        #expect(tries.isSpent(by: address))
        clock.pass(.seconds(2))
        #expect(!tries.isSpent(by: address))
    }

    @Test func `however many addresses try, few are remembered, and a new one gets in`() {
        let tries = tries(most: 10)
        for number in 0..<1_000 {
            let one = address("10.0.\(number / 256).\(number % 256)")
            for _ in 0..<4 { _ = tries.take(of: one) }
            #expect(tries.take(of: one) != nil, "who tries goes on waiting")
        }
        #expect(tries.remembered <= 20)
        #expect(tries.take(of: address("192.0.2.1")) == nil)
    }

    @Test func `what costs more takes more, and nothing where there is too little`() {
        let (tries, address) = (tries(), address("192.0.2.1"))
        #expect(tries.take(2, of: address) == nil)
        #expect(tries.take(2, of: address) == 2)
        #expect(tries.take(of: address) == nil)
    }

    @Test func `an IPv6 subscriber is one source, and IPv4 within IPv6 is IPv4`() {
        #expect(address("2001:db8:1:2::1") == address("2001:db8:1:2:ffff::9"))
        #expect(address("2001:db8:1:2::1") != address("2001:db8:1:3::1"))
        #expect(address("::ffff:192.0.2.1") == address("192.0.2.1"))
        #expect(address("::ffff:192.0.2.1") != address("::ffff:192.0.2.2"))
    }
}

struct WebOriginTests {
    @Test(arguments: [
        ("https://deputy.example", "https://deputy.example"), ("https://Deputy.Example:443/", "https://deputy.example"),
        ("http://127.0.0.1:8780", "http://127.0.0.1:8780"), ("http://[::1]:80", "http://[::1]"),
    ])
    func `an origin is written as browsers write it`(_ text: String, _ written: String) throws {
        #expect(try #require(WebOrigin(text)).text == written)
    }

    @Test(arguments: [
        "", "null", "deputy.example", "ftp://deputy.example", "https://", "https:///", "https://a/b", "https://a?b",
        "https://a#b", "https://user@a", "https://a:b", "https://a:99999", "https://a b", "https://a\\b", "https://a//",
    ])
    func `what isn't an origin is none`(_ text: String) {
        #expect(WebOrigin(text) == nil)
    }

    @Test func `scheme, host and port count`() throws {
        let ours = try #require(WebOrigin("https://deputy.example"))
        for other in ["http://deputy.example", "https://deputy.example:8443", "https://evil.example"] {
            #expect(WebOrigin(other) != ours)
            #expect(try !(#require(WebOrigin(other)).isSameMachine(as: ours)))
        }
        let local = try #require(WebOrigin("http://127.0.0.1:8780"))
        #expect(try #require(WebOrigin("http://localhost:8780")).isSameMachine(as: local))
        #expect(try !(#require(WebOrigin("http://localhost:8781")).isSameMachine(as: local)))
        #expect(
            try #require(WebOrigin("http://localhost:8780")).isSameMachine(
                as: #require(WebOrigin("http://0.0.0.0:8780"))))
    }
}
