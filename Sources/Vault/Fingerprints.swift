import Crypto

/// Names secrets without telling them: equal for equal secrets, and of no use for finding one without the key.
///
/// The key is the home's own, sealed in its database, and stays the same when the keys of the vault change.
public struct Fingerprints: Sendable {
    /// How long a key is.
    public static let keyBytes = 32

    private let key: SymmetricKey

    /// - Parameter key: ``keyBytes`` random bytes.
    public init(key: [UInt8]) {
        self.key = SymmetricKey(data: key)
    }

    /// `fp_` and 16 hex digits.
    public func of(_ secret: borrowing Secret) -> String {
        let code = secret.withBytes { bytes in
            var hmac = HMAC<SHA256>(key: key)
            hmac.update(data: bytes)
            return hmac.finalize()
        }
        return "fp_" + hex(code.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
