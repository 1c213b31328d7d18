import Vault

/// A secret of a way out, shared by the attempts that use it and wiped with the last.
public final class NoticeSecret: Sendable {
    private let secret: Secret

    /// - Parameter bytes: wiped here.
    public init(consuming bytes: inout [UInt8]) {
        secret = Secret(consuming: &bytes)
    }

    /// Lends the bytes for the length of `body`, which keeps no copy of them.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try secret.withBytes(body)
    }
}
