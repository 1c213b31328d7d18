import Testing

@testable import Vault

@Suite struct SealTests {
    @Test(arguments: [0, 1, 14, 15, 64, 65_536])
    func `a secret of any length comes back`(count: Int) throws {
        let ring = try KeyRing.ephemeral()
        let secret = Secret.random(count: count)
        let sealed = try ring.seal(secret, .sample)
        #expect(try ring.open(sealed, .sample).copyOfBytes() == secret.copyOfBytes())
        #expect(sealed.bytes.count == 126 + count)
        #expect(sealed.keyID == ring.activeKey)
    }

    @Test func `a secret over the limit is refused`() throws {
        let ring = try KeyRing.ephemeral()
        #expect(code { () throws(VaultError) in try ring.seal(Secret.random(count: 65_537), .sample) } == .tooLarge)
    }

    @Test func `two seals of one secret share nothing but the header`() throws {
        let ring = try KeyRing.ephemeral()
        let secret = Secret(text: "xoxp-alice")
        let first = try ring.seal(secret, .sample).bytes
        let second = try ring.seal(secret, .sample).bytes
        #expect(first[..<22] == second[..<22])
        #expect(zip(first[22...], second[22...]).count { $0 == $1 } < 12)
    }

    @Test func `a record opens only in its own place`() throws {
        let ring = try KeyRing.ephemeral()
        let sealed = try ring.seal(Secret(text: "s"), .sample)
        let fields: [WritableKeyPath<SealContext, String>] = [
            \.organization, \.ownerKind, \.owner, \.provider, \.host, \.issuer, \.account, \.connection, \.kind,
        ]
        for field in fields {
            for change in ["", "x", SealContext.sample[keyPath: field] + " "] {
                var moved = SealContext.sample
                moved[keyPath: field] = change
                #expect(code { () throws(VaultError) in try ring.open(sealed, moved) } == .misplaced, "\(field)")
            }
        }
    }

    @Test func `an older or newer generation does not open`() throws {
        let ring = try KeyRing.ephemeral()
        let sealed = try ring.seal(Secret(text: "s"), .sample)
        for generation in [0, 2, -1, Int64.max] {
            var other = SealContext.sample
            other.generation = generation
            #expect(code { () throws(VaultError) in try ring.open(sealed, other) } == .wrongGeneration)
        }
    }

    @Test func `bytes that slide from one field into the next make another place`() {
        var slid = SealContext.sample
        slid.owner = "alicen"
        slid.provider = "otion"
        #expect(slid.canonicalBytes(.current) != SealContext.sample.canonicalBytes(.current))
        #expect(slid.canonicalBytes(.current).count == SealContext.sample.canonicalBytes(.current).count)
    }

    @Test func `no byte of a record can change unnoticed`() throws {
        let ring = try KeyRing.ephemeral()
        let sealed = try ring.seal(Secret(text: "xoxp-alice"), .sample).bytes
        for index in sealed.indices {
            for bit in 0..<8 {
                var altered = sealed
                altered[index] ^= 1 << bit
                let refusal = code { () throws(VaultError) in try ring.open(SealedSecret(bytes: altered), .sample) }
                switch index {
                case 2..<10: #expect(refusal == .unknownKey, "byte \(index)")
                case 10..<14: #expect(refusal == .truncated || refusal == .notAuthentic, "byte \(index)")
                default: #expect(refusal == .notAuthentic, "byte \(index)")
                }
            }
        }
    }

    @Test func `a record cut at any length is refused`() throws {
        let ring = try KeyRing.ephemeral()
        let sealed = try ring.seal(Secret(text: "xoxp-alice"), .sample).bytes
        for length in sealed.indices {
            let cut = SealedSecret(bytes: Array(sealed[..<length]))
            #expect(code { () throws(VaultError) in try ring.open(cut, .sample) } == .truncated, "\(length)")
        }
        let longer = SealedSecret(bytes: sealed + [0])
        #expect(code { () throws(VaultError) in try ring.open(longer, .sample) } == .notAuthentic)
    }

    @Test func `another ring does not open it and says which key is wanted`() throws {
        let ring = try KeyRing.ephemeral()
        let sealed = try ring.seal(Secret(text: "s"), .sample)
        let other = try KeyRing.ephemeral()
        do throws(VaultError) {
            _ = try other.open(sealed, .sample).count
            Issue.record("it opened")
        } catch {
            #expect(error.code == .unknownKey)
            #expect(error.message.contains("\(ring.activeKey)"))
        }
    }

    @Test func `a record that says that it is shorter than any can be is refused`() throws {
        let ring = try KeyRing.ephemeral()
        var cut = Array(try ring.seal(Secret(text: "xoxp-alice"), .sample).bytes[..<60])
        cut[10..<14] = [0, 0, 0, 60]
        #expect(code { () throws(VaultError) in try ring.open(SealedSecret(bytes: cut), .sample) } == .notAuthentic)
        #expect(code { () throws(VaultError) in try ring.rewrap(SealedSecret(bytes: cut)) } == .notAuthentic)
    }

    @Test func `errors of opening hold nothing of the secret`() throws {
        let ring = try KeyRing.ephemeral()
        let sealed = try ring.seal(Secret(text: "xoxp-canary"), .sample)
        var moved = SealContext.sample
        moved.owner = "bob"
        do throws(VaultError) {
            _ = try ring.open(sealed, moved).count
            Issue.record("it opened")
        } catch {
            #expect(!"\(error)".contains("xoxp"))
        }
    }
}
