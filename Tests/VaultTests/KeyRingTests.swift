import Testing
import Vault

@Suite struct KeyRingTests {
    @Test func `the canary tells the right ring from a wrong one by name`() throws {
        let right = try KeyRing.ephemeral()
        let wrong = try KeyRing.ephemeral()
        let canary = try right.makeCanary()
        try right.checkCanary(canary)
        do throws(VaultError) {
            try wrong.checkCanary(canary)
            Issue.record("the wrong ring passed")
        } catch {
            #expect(error.code == .unknownKey)
            #expect(error.message.contains("`\(right.activeKey)`"))
            #expect(error.message.contains("`\(wrong.activeKey)`"))
        }
    }

    @Test func `no byte of the canary can change unnoticed`() throws {
        let ring = try KeyRing.ephemeral()
        let canary = try ring.makeCanary()
        for index in canary.indices {
            var altered = canary
            altered[index] ^= 1
            #expect(code { () throws(VaultError) in try ring.checkCanary(altered) } != nil, "byte \(index)")
        }
        #expect(code { () throws(VaultError) in try ring.checkCanary([]) } == .truncated)
        let other = try ring.sealPayload(Array("the canary sings".utf8), id: "somewhere else")
        #expect(code { () throws(VaultError) in try ring.checkCanary(other) } == .notAuthentic)
    }

    @Test func `equal secrets have one fingerprint, others another, and another home's differ`() {
        let prints = Fingerprints(key: [UInt8](repeating: 1, count: Fingerprints.keyBytes))
        let print = prints.of(Secret(text: "xoxp-alice"))
        #expect(print == prints.of(Secret(text: "xoxp-alice")))
        #expect(print != prints.of(Secret(text: "xoxp-alicf")))
        let other = Fingerprints(key: [UInt8](repeating: 2, count: Fingerprints.keyBytes))
        #expect(print != other.of(Secret(text: "xoxp-alice")))
        #expect(print.hasPrefix("fp_"))
        #expect(print.utf8.count == 19)
        #expect(print.dropFirst(3).allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }

    @Test func `a payload comes back under its own identifier only`() throws {
        let ring = try KeyRing.ephemeral()
        let payload = Array(#"{"text":"hello"}"#.utf8)
        let sealed = try ring.sealPayload(payload, id: "p1")
        #expect(try ring.openPayload(sealed, id: "p1") == payload)
        #expect(try ring.openPayload(ring.sealPayload([], id: "p0"), id: "p0").isEmpty)
        #expect(code { () throws(VaultError) in try ring.openPayload(sealed, id: "p2") } == .notAuthentic)
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 0x80
            #expect(code { () throws(VaultError) in try ring.openPayload(altered, id: "p1") } != nil, "byte \(index)")
        }
    }

    @Test func `a payload is not taken for a secret, nor the other way round`() throws {
        let ring = try KeyRing.ephemeral()
        let payload = try ring.sealPayload([UInt8](repeating: 1, count: 200), id: "p1")
        let asSecret = SealedSecret(bytes: payload)
        #expect(code { () throws(VaultError) in try ring.open(asSecret, .sample) } == .notAuthentic)
        let secret = try ring.seal(Secret(text: "s"), .sample)
        #expect(code { () throws(VaultError) in try ring.openPayload(secret.bytes, id: "p1") } == .notAuthentic)
    }

    @Test func `key names have one text form`() {
        let id = KeyID("k_00000000000000ff")
        #expect(id?.description == "k_00000000000000ff")
        for text in ["k_00000000000000FF", "k_0ff", "x_00000000000000ff", "k_+0000000000000ff", "k_00000000000000ff0"] {
            #expect(KeyID(text) == nil, "\(text)")
        }
    }
}
