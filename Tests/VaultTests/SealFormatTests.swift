import Testing

@testable import Vault

/// Secrets that were sealed before issuer and account were bound.
struct SealFormatTests {
    private let ring: KeyRing

    init() throws { ring = try KeyRing.ephemeral() }

    private func sealed(_ format: SealFormat) throws -> SealedSecret {
        try ring.seal(Secret(text: "xoxp-alice"), .sample, format)
    }

    private var moved: [SealContext] {
        [\SealContext.issuer, \.account].map { field in
            var moved = SealContext.sample
            moved[keyPath: field] = "another"
            return moved
        }
    }

    @Test func `a secret of before opens in its place, whatever issuer and account it has by now`() throws {
        let former = try sealed(.withoutAccount)
        #expect(!former.isOfCurrentFormat && former.bytes[0] == 2)
        for place in [SealContext.sample] + moved {
            #expect(try ring.open(former, place).copyOfBytes() == Array("xoxp-alice".utf8))
        }
        var other = SealContext.sample
        other.owner = "bob"
        #expect(code { () throws(VaultError) in try ring.open(former, other) } == .misplaced)
    }

    @Test func `one of now opens for its issuer and its account alone`() throws {
        let current = try ring.seal(Secret(text: "xoxp-alice"), .sample)
        #expect(current.isOfCurrentFormat && current.bytes[0] == 3)
        for place in moved {
            #expect(code { () throws(VaultError) in try ring.open(current, place) } == .misplaced)
        }
    }

    @Test func `another key changes nothing of what a secret is bound to`() throws {
        let both = try [SealFormat.withoutAccount, .withAccount].map(sealed)
        _ = try ring.rotate()
        let again = try both.map(ring.rewrap)
        #expect(again.map(\.isOfCurrentFormat) == [false, true])
        for secret in again { #expect(try ring.open(secret, .sample).count == 10) }
    }

    @Test(arguments: [UInt8(2), 3]) func `a record that says another format doesn't open`(byte: UInt8) throws {
        let format = try #require(SealFormat(rawValue: 5 - byte))
        var bytes = try sealed(format).bytes
        bytes[0] = byte
        for place in [SealContext.sample] + moved {
            #expect(code { () throws(VaultError) in try ring.open(SealedSecret(bytes: bytes), place) } == .notAuthentic)
        }
        bytes[0] = 1
        #expect(
            code { () throws(VaultError) in try ring.open(SealedSecret(bytes: bytes), .sample) } == .notAuthentic)
    }

    @Test func `the places of before are written as they were`() {
        var expected = Array("deputy/seal/v1\n".utf8)
        for field in ["acme", "person", "alice", "notion", "api.notion.test", "c1", "bearer"] {
            expected += [0, 0, 0, UInt8(field.utf8.count)] + Array(field.utf8)
        }
        #expect(SealContext.sample.placeBytes(.withoutAccount) == expected)
        #expect(SealContext.sample.canonicalBytes(.withoutAccount) == expected + [0, 0, 0, 0, 0, 0, 0, 1])
    }
}
