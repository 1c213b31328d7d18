import Crypto

extension KeyRing {
    /// `fp_` and 16 hex digits: equal for equal secrets, and of no use for finding a secret without the key file.
    ///
    /// The key comes from the first key of the file, for this purpose alone. New keys go below it, so that
    /// fingerprints stay comparable over changes of the active key; only removing that first line ends this.
    public func fingerprint(_ secret: borrowing Secret) -> String {
        let root = keys.first ?? active
        let code = secret.withBytes { bytes in
            var hmac = HMAC<SHA256>(key: root.fingerprints)
            hmac.update(data: bytes)
            return hmac.finalize()
        }
        return "fp_" + hex(code.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
