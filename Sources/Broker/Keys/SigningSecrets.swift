public import Vault

/// Secrets that others sign with what they post to us. Each is sealed for one place, and never leaves in the clear: it only
/// checks.
public struct SigningSecrets: Sendable {
    private let keys: KeyRing

    public init(keys: KeyRing) {
        self.keys = keys
    }

    /// - Parameter secret: wiped, whatever comes of it.
    public func seal(_ secret: inout [UInt8], for place: String) throws(VaultError) -> [UInt8] {
        defer { wipe(&secret) }
        return try keys.sealPayload(secret, id: place)
    }

    /// - Throws: when it was sealed for another place, or altered.
    public func open(_ sealed: [UInt8], for place: String) throws(VaultError) -> HeldSecret {
        var secret = try keys.openPayload(sealed, id: place)
        return HeldSecret(consuming: &secret)
    }
}
