import Crypto
import CryptoExtras

/// A key that signs tokens which others verify with its public half: RSASSA-PKCS1-v1_5 with SHA-256, 2,048 bits (RFC 7518
/// section 3.3). It is the one signature that every OpenID client knows.
///
/// Printing it shows nothing of it. The private half lives here and, sealed, in the store.
public struct RSASigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: _RSA.Signing.PrivateKey
    /// The public half: modulus and exponent, big-endian, without leading zeros.
    public let n: [UInt8]
    public let e: [UInt8]

    /// A new one. Takes some tenths of a second.
    public init() throws(VaultError) {
        do {
            try self.init(_RSA.Signing.PrivateKey(keySize: .bits2048))
        } catch {
            throw VaultError(.cryptography, "a key could not be made")
        }
    }

    /// A key read back from where it was kept sealed; nil unless these are one in DER (PKCS #1).
    public init?(der: [UInt8]) {
        guard let key = try? RSASigningKey(_RSA.Signing.PrivateKey(derRepresentation: der)) else { return nil }
        self = key
    }

    private init(_ key: _RSA.Signing.PrivateKey) throws {
        let numbers = try key.publicKey.getKeyPrimitives()
        self.key = key
        n = Array(numbers.modulus.drop { $0 == 0 })
        e = Array(numbers.publicExponent.drop { $0 == 0 })
    }

    /// What the key is made of: a secret, to be sealed and wiped by the caller.
    public var der: [UInt8] { Array(key.derRepresentation) }

    /// The 256 bytes of the signature over the bytes.
    public func signature(over bytes: [UInt8]) throws(VaultError) -> [UInt8] {
        do {
            return Array(try key.signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation)
        } catch {
            throw VaultError(.cryptography, "a token could not be signed")
        }
    }

    public var description: String { "a key that signs tokens" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
