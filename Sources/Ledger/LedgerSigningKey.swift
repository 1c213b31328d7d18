public import Crypto

/// The private half of a ledger's key. Printing it shows the public half alone.
public struct LedgerSigningKey: Sendable {
    /// What verifies this key's signatures.
    public let key: LedgerKey
    private let privateKey: Curve25519.Signing.PrivateKey

    /// A key named `name`. Throws `badKey` for a name that no key may have.
    public init(name: String, privateKey: Curve25519.Signing.PrivateKey) throws(LedgerError) {
        key = try LedgerKey(name: name, publicKey: Array(privateKey.publicKey.rawRepresentation))
        self.privateKey = privateKey
    }

    /// A key from its ``seed``, read back from where it was kept sealed. Throws `badKey` unless there are 32 bytes.
    public init(name: String, seed: [UInt8]) throws(LedgerError) {
        guard let privateKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw LedgerError(.badKey, "the seed of an Ed25519 key has 32 bytes, not \(seed.count)")
        }
        try self.init(name: name, privateKey: privateKey)
    }

    /// The 32 bytes that the key is made of (RFC 8032): a secret, to be sealed and wiped by the caller.
    public var seed: [UInt8] { Array(privateKey.rawRepresentation) }

    /// The 64 bytes of the Ed25519 signature.
    func signature(over bytes: [UInt8]) throws(LedgerError) -> [UInt8] {
        do {
            return Array(try privateKey.signature(for: bytes))
        } catch {
            throw LedgerError(.badSignature, "the ledger's key could not sign")
        }
    }
}

extension LedgerSigningKey: CustomStringConvertible, CustomReflectable {
    /// The public half's text form.
    public var description: String { key.description }
    /// The public half alone.
    public var customMirror: Mirror { Mirror(self, children: ["key": key]) }
}
