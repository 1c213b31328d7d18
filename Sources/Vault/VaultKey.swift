import Crypto

/// One key of a ring with what is derived from it. swift-crypto wipes the bytes of a `SymmetricKey` when it goes.
struct VaultKey: Sendable {
    static let byteCount = 32

    let id: KeyID
    var state: KeyState
    /// Wraps data keys, and nothing else.
    let wrapping: SymmetricKey
    /// The root of the payload keys.
    let payloads: SymmetricKey
    /// The root of the keys of backups.
    let backups: SymmetricKey

    /// The raw key stays the caller's to keep or wipe; only keys derived for one purpose each are held.
    init(raw: SymmetricKey, state: KeyState) {
        self.state = state
        id = Self.derive("key-id", from: raw).withUnsafeBytes { bytes in
            KeyID(number: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        }
        wrapping = Self.derive("wrapping", from: raw)
        payloads = Self.derive("payloads", from: raw)
        backups = Self.derive("backups", from: raw)
    }

    /// RFC 5869, with the purpose as `info`, so that no purpose's key says anything about another's.
    private static func derive(_ purpose: String, from raw: SymmetricKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: raw, info: Array("deputy/vault/v1/\(purpose)".utf8), outputByteCount: byteCount)
    }
}
