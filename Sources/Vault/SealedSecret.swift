/// A sealed secret as it is stored. The bytes are:
///
/// | bytes | what |
/// |---|---|
/// | 1 | version of the format, 1 |
/// | 1 | algorithm: 1 is AES-256-GCM for the secret and for its data key |
/// | 8 | number of the key that wraps the data key |
/// | 12 + 48 | nonce; wrapped data key with its tag |
/// | 12 + n + 16 | nonce; ciphertext; tag |
///
/// The first ten bytes and the ``SealContext`` are authenticated by both seals.
public struct SealedSecret: Sendable, Hashable {
    /// The record, for a database column.
    public let bytes: [UInt8]

    /// A record read back from where it was stored. Nothing is checked before it is opened.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The key that is needed to open the record; nil if the record is too short to name one.
    public var keyID: KeyID? { RecordHeader(bytes)?.keyID }
}
