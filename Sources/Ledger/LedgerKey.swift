import Crypto
import Wire

/// The public half of a ledger's key: everything that is needed to verify what it signed.
public struct LedgerKey: Sendable, Hashable, CustomStringConvertible {
    /// The key's name in signature lines; by convention the origin of its checkpoints, such as `acme.example/ledger`.
    public let name: String
    /// The first four bytes of SHA-256 over the name, a line feed, the type and the key (C2SP signed-note).
    public let id: UInt32
    /// The 32 bytes of the Ed25519 key (RFC 8032).
    public let publicKey: [UInt8]

    /// The signature type of plain Ed25519 in C2SP signed-note.
    private static let type: UInt8 = 0x01

    /// A key by its name and its 32 bytes. Throws `badKey` for a name that is empty or holds a space, a control
    /// character or `+`, and for another number of bytes.
    public init(name: String, publicKey: [UInt8]) throws(LedgerError) {
        guard !name.isEmpty, name.unicodeScalars.allSatisfy(Self.isAllowed) else {
            throw LedgerError(.badKey, "a key's name cannot be empty or hold spaces, control characters or `+`")
        }
        guard publicKey.count == 32 else {
            throw LedgerError(.badKey, "an Ed25519 key has 32 bytes, not \(publicKey.count)")
        }
        self.name = name
        self.publicKey = publicKey
        id = Digest.sha256(of: Array(name.utf8) + [0x0A, Self.type] + publicKey).withUnsafeBytes { bytes in
            bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    /// Reads the text form, `name+id+key`. Throws `badKey` for anything that ``description`` wouldn't write.
    public init(_ text: String) throws(LedgerError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Base64.decode(String(parts[2])), key.first == Self.type else {
            throw LedgerError(.badKey, "a ledger key is `NAME+ID+BASE64` with an Ed25519 key")
        }
        try self.init(name: String(parts[0]), publicKey: Array(key.dropFirst()))
        guard description.utf8.elementsEqual(text.utf8) else {
            throw LedgerError(.badKey, "the ledger key's number does not belong to its name and bytes")
        }
    }

    /// The text form, which Go's `note` package calls a verifier key: name, eight hex digits and base64 of the type and
    /// the key, joined by `+`. It may be given to anyone.
    public var description: String {
        "\(name)+\(Self.hex(id))+\(Base64.encode([Self.type] + publicKey))"
    }

    /// Whether `signature` (64 bytes) is this key's over `bytes`.
    func isValid(_ signature: [UInt8], over bytes: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: bytes)
    }

    /// Names are compared by their bytes: Swift's `==` takes different spellings of a letter for the same.
    func hasName(_ other: String) -> Bool {
        name.utf8.elementsEqual(other.utf8)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control && scalar != "+"
    }

    private static func hex(_ number: UInt32) -> String {
        Hex.encode(withUnsafeBytes(of: number.bigEndian) { Array($0) })
    }
}
