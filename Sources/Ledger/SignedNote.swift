import Wire

/// A text with signatures below it, as C2SP signed-note defines it. The text isn't to be used before
/// ``verify(with:)`` has returned.
public struct SignedNote: Sendable, Hashable {
    /// One signature line.
    public struct Signature: Sendable, Hashable {
        /// The name of the key that signed.
        public let name: String
        /// The number of the key that signed.
        public let keyID: UInt32
        /// The signature itself; 64 bytes for Ed25519.
        public let bytes: [UInt8]
    }

    /// The signed text, its final line feed included.
    public let text: String
    /// The signatures, in their order.
    public private(set) var signatures: [Signature]

    /// The most signatures that a note may have.
    public static let maximumSignatures = 64

    init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// A note with one signature. Throws `badNote` if `text` doesn't end in a line feed or holds another control
    /// character.
    public init(text: String, signedBy key: LedgerSigningKey) throws(LedgerError) {
        guard text.utf8.last == UInt8(ascii: "\n"), Self.isPlain(text) else {
            throw LedgerError(.badNote, "a note's text ends in a line feed and has no other control characters")
        }
        let signature = try key.signature(over: Array(text.utf8))
        self.init(text: text, signatures: [Signature(name: key.key.name, keyID: key.key.id, bytes: signature)])
    }

    /// Checks that `key` signed the text. Signatures of other keys are passed over, as the specification demands;
    /// throws `badSignature` if there is none of this key, or any of this key's doesn't fit.
    public func verify(with key: LedgerKey) throws(LedgerError) {
        let own = signatures.filter { $0.keyID == key.id && key.hasName($0.name) }
        guard !own.isEmpty else {
            throw LedgerError(.badSignature, "the note is not signed by `\(key)`")
        }
        guard own.allSatisfy({ key.isValid($0.bytes, over: Array(text.utf8)) }) else {
            throw LedgerError(.badSignature, "the note's signature by `\(key.name)` does not fit its text")
        }
    }

    /// No control characters below U+0020 but line feeds.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") }
    }
}
