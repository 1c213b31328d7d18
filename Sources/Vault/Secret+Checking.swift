import Crypto

extension Secret {
    /// Whether `mac` is HMAC-SHA-256 of `message` under the secret (RFC 2104). How long it takes doesn't say how much of it
    /// is right.
    public borrowing func isHMACSHA256(_ mac: [UInt8], of message: [UInt8]) -> Bool {
        withBytes { bytes in
            HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: message, using: SymmetricKey(data: bytes))
        }
    }
}
