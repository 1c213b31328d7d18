import Crypto
import CryptoExtras
import Wire

/// The signatures that our assertions may have (RFC 7518 section 3.1).
public enum AssertionAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case ps256 = "PS256"
    case es256 = "ES256"
}

/// A private key that signs assertions: RSA of 2048 bits or more, or P-256. Printing it shows nothing of it.
public struct AssertionKey: Sendable, CustomStringConvertible, CustomReflectable {
    private enum Kind {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
    }

    private let kind: Kind

    /// - Parameters:
    ///   - text: a PEM file with one private key that isn't encrypted.
    ///   - place: what the file is called in errors.
    public init(pem text: String, place: String) throws(KeyFault) {
        guard let der = try PEMParts(text, place: place).key else {
            throw KeyFault(place, "it has no private key", hint: "it begins with `-----BEGIN PRIVATE KEY-----`")
        }
        try self.init(der: der, place: place)
    }

    init(der: [UInt8], place: String) throws(KeyFault) {
        if let key = try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: der) {
            guard key.keySizeInBits >= 2048 else {
                throw KeyFault(place, "its RSA key has \(key.keySizeInBits) bits, and fewer than 2048 protect nothing")
            }
            kind = .rsa(key)
        } else if let key = try? P256.Signing.PrivateKey(derRepresentation: der) {
            kind = .p256(key)
        } else {
            throw KeyFault(place, "its private key isn't RSA and isn't on P-256", hint: "make one of these two kinds")
        }
    }

    /// A key read back from where it was kept sealed; nil unless these bytes are one.
    public init?(bytes: [UInt8]) {
        guard let key = try? AssertionKey(der: bytes, place: "") else { return nil }
        self = key
    }

    /// The key in PKCS#8: a secret, to be sealed and wiped by the caller.
    public var bytes: [UInt8] {
        switch kind {
        case .rsa(let key): Array(key.pkcs8DERRepresentation)
        case .p256(let key): Array(key.derRepresentation)
        }
    }

    /// The public half, as X.509 has it (`SubjectPublicKeyInfo`, in DER).
    public var publicKey: [UInt8] {
        switch kind {
        case .rsa(let key): Array(key.publicKey.derRepresentation)
        case .p256(let key): Array(key.publicKey.derRepresentation)
        }
    }

    /// Tells one key from another: SHA-256 of the public half in base64url.
    public var thumbprint: String { Base64.encodeURL(Digest.sha256(of: publicKey).bytes) }

    /// What it can sign with, the best first.
    public var algorithms: [AssertionAlgorithm] {
        switch kind {
        case .rsa: [.ps256, .rs256]
        case .p256: [.es256]
        }
    }

    /// The signature over SHA-256 of the bytes, as RFC 7518 sections 3.3 to 3.5 have it.
    func signature(over bytes: [UInt8], _ algorithm: AssertionAlgorithm) throws(GrantFault) -> [UInt8] {
        do {
            switch (kind, algorithm) {
            case (.rsa(let key), .rs256):
                return Array(try key.signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation)
            case (.rsa(let key), .ps256): return Array(try key.signature(for: bytes, padding: .PSS).rawRepresentation)
            case (.p256(let key), .es256): return Array(try key.signature(for: bytes).rawRepresentation)
            case (.rsa, .es256), (.p256, .rs256), (.p256, .ps256): throw GrantFault.algorithm(algorithm)
            }
        } catch let fault as GrantFault {
            throw fault
        } catch {
            throw .signing
        }
    }

    public var description: String { "a key that signs assertions" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
