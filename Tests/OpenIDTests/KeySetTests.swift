import CryptoExtras
import OAuth
import Testing
import Wire

@testable import OpenID

struct KeySetTests {
    private func set(_ change: (inout JSONObject) -> Void, _ algorithm: SigningAlgorithm = .rs256) throws -> KeySet {
        var key = SampleProvider.jwk(algorithm).objectValue ?? [:]
        change(&key)
        return try KeySet(["keys": [.object(key)]])
    }

    @Test func `a key for encryption, for signing alone or of another kind isn't in the set`() throws {
        #expect(try set { _ in }.count == 1)
        #expect(try set { $0["use"] = "enc" }.count == 0)
        #expect(try set { $0["key_ops"] = ["sign"] }.count == 0)
        #expect(try set { $0["key_ops"] = ["verify"] }.count == 1)
        #expect(try set { $0["kty"] = "oct" }.count == 0)
        #expect(try set({ $0["crv"] = "P-384" }, .es256).count == 0)
        #expect(try set({ $0["y"] = $0["x"] }, .es256).count == 0, "a point off the curve")
    }

    @Test func `a key that is too short, too long or has no real exponent isn't in the set`() throws {
        let short = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)).publicKey.getKeyPrimitives()
        #expect(try set { $0["n"] = .string(Base64.encodeURL(short.modulus)) }.count == 0)
        #expect(
            try set { $0["n"] = .string(Base64.encodeURL([UInt8](repeating: 0xFF, count: 1_025))) }.count == 0)
        for exponent: [UInt8] in [[1], [2], [1, 0, 0, 0, 1], []] {
            #expect(try set { $0["e"] = .string(Base64.encodeURL(exponent)) }.count == 0)
        }
    }

    @Test func `a token without a key's id is taken where one key alone could have signed it`() throws {
        var header = SampleProvider.header(.rs256)
        header["kid"] = JSON?.none
        let token = SampleProvider.sign(.rs256, header)
        #expect(SampleProvider.refusal(of: token, keys: try set { _ in }) == nil)
        let two = try KeySet(["keys": [SampleProvider.jwk(.rs256), SampleProvider.jwk(.rs256)]])
        #expect(SampleProvider.refusal(of: token, keys: two) == .unknownKey)
    }

    @Test func `a key that names another algorithm isn't used`() throws {
        let keys = try set { $0["alg"] = "RS512" }
        #expect(SampleProvider.refusal(of: SampleProvider.sign(.rs256), keys: keys) == .unknownKey)
    }

    @Test func `what is no set of keys is told`() {
        #expect(throws: MetadataFault.self) { try KeySet([]) }
        #expect(throws: MetadataFault.self) { try KeySet(["keys": .array((0...100).map { _ in [:] })]) }
    }
}
