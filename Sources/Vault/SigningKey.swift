import Crypto

/// A key that signs tokens which others verify with its public half: ECDSA on P-256 (RFC 7518 section 3.4).
///
/// Printing it shows nothing of it. The private half lives here and, sealed, in the store.
public struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: P256.Signing.PrivateKey

    /// A new one.
    public init() {
        key = P256.Signing.PrivateKey()
    }

    /// A key read back from where it was kept sealed; nil unless these are the 32 bytes of one.
    public init?(bytes: [UInt8]) {
        guard let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) else { return nil }
        self.key = key
    }

    /// The 32 bytes that the key is made of: a secret, to be sealed and wiped by the caller.
    public var bytes: [UInt8] { Array(key.rawRepresentation) }

    /// The public half: two coordinates of 32 bytes each.
    public var x: [UInt8] { Array(key.publicKey.rawRepresentation.prefix(32)) }
    public var y: [UInt8] { Array(key.publicKey.rawRepresentation.suffix(32)) }

    /// The 64 bytes of the signature over SHA-256 of the bytes.
    public func signature(over bytes: [UInt8]) throws(VaultError) -> [UInt8] {
        do {
            return Array(try key.signature(for: bytes).rawRepresentation)
        } catch {
            throw VaultError(.cryptography, "a token could not be signed")
        }
    }

    public var description: String { "a key that signs tokens" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
