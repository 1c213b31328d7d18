/// A sealed secret as it is stored. The bytes are:
///
/// | bytes | what |
/// |---|---|
/// | 1 | format, 3; 2 for one that isn't bound to issuer and account, as they were sealed at first |
/// | 1 | algorithm: 1 is AES-256-GCM for the secret and for its data key |
/// | 8 | number of the key that wraps the data key |
/// | 4 | length of the whole record |
/// | 8 | generation |
/// | 16 | keyed digest of the place |
/// | 12 + 48 | nonce; wrapped data key with its tag |
/// | 12 + n + 16 | nonce; ciphertext; tag |
///
/// The first 38 bytes are authenticated by the wrap; the same without the number of the key, and the ``SealContext``, by
/// the secret's own seal. So another key can wrap the data key again while the secret stays closed.
public struct SealedSecret: Sendable, Hashable {
    /// The record, for a database column.
    public let bytes: [UInt8]

    /// A record read back from where it was stored. Nothing is checked before it is opened.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The key that is needed to open the record; nil if the record is too short to name one.
    public var keyID: KeyID? { RecordHeader(bytes)?.keyID }

    /// Whether it was sealed as secrets are sealed now. Any other opens as well, and isn't bound to all of its place.
    public var isOfCurrentFormat: Bool { bytes.first == SealFormat.current.rawValue }
}
