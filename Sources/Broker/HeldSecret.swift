public import Vault

/// A secret of our own at somebody else's, such as a mail server or a provider: shared by the attempts that use it and
/// wiped with the last.
public final class HeldSecret: Sendable {
    private let secret: Secret

    /// - Parameter bytes: wiped here.
    public init(consuming bytes: inout [UInt8]) {
        secret = Secret(consuming: &bytes)
    }

    /// Lends the bytes for the length of `body`, which keeps no copy of them.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try secret.withBytes(body)
    }

    /// The same secret for one use, wiped after it.
    public func lend() -> Secret { secret.withBytes { Secret(copying: $0) } }

    /// Whether `mac` is HMAC-SHA-256 of `message` under the secret. In constant time.
    public func isHMACSHA256(_ mac: [UInt8], of message: [UInt8]) -> Bool { secret.isHMACSHA256(mac, of: message) }
}
