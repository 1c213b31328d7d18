import Crypto
import FoundationEssentials

extension KeyRing {
    private static let wrappedKeyBytes = 12 + VaultKey.byteCount + 16

    /// Seals `secret` for `context` under a data key made for this one write, which the active key wraps.
    ///
    /// Two seals of the same secret never look alike. Throws `tooLarge` over ``VaultLimits/secretBytes``.
    public func seal(_ secret: borrowing Secret, _ context: SealContext) throws(VaultError) -> SealedSecret {
        guard secret.count <= VaultLimits.secretBytes else {
            throw VaultError(
                .tooLarge, "the secret has \(secret.count) bytes; at most \(VaultLimits.secretBytes) are kept")
        }
        var record = RecordHeader(.secretAES256GCM, active.id).bytes
        let authenticated = record + context.canonicalBytes
        let dataKey = SymmetricKey(size: .bits256)
        let wrapped = try dataKey.withUnsafeBytes { bytes in
            Result { () throws(VaultError) in try AEAD.seal(bytes, active.wrapping, authenticated) }
        }.get()
        let sealed = try secret.withBytes { (bytes) throws(VaultError) in
            try AEAD.seal(bytes, dataKey, authenticated)
        }
        record.reserveCapacity(record.count + wrapped.count + sealed.count)
        record.append(contentsOf: wrapped)
        record.append(contentsOf: sealed)
        return SealedSecret(bytes: record)
    }

    /// Opens `sealed`, which must have been sealed for exactly `context`.
    ///
    /// Throws `unknownKey` if the ring lacks the key, and `notAuthentic` if any byte of the record or any field of the
    /// context differs from what was sealed; which of them can't be told.
    public func open(_ sealed: SealedSecret, _ context: SealContext) throws(VaultError) -> Secret {
        let body = RecordHeader.byteCount + Self.wrappedKeyBytes
        guard let header = RecordHeader(sealed.bytes), header.isCurrent(.secretAES256GCM), sealed.bytes.count >= body
        else {
            throw VaultError(.notAuthentic, "the sealed secret has an unknown format")
        }
        let key = try key(header.keyID)
        let authenticated = sealed.bytes[..<RecordHeader.byteCount] + context.canonicalBytes
        do throws(VaultError) {
            let rawKey = try AEAD.open(
                sealed.bytes[RecordHeader.byteCount..<body], key.wrapping, authenticated)
            let dataKey = rawKey.withBytes { SymmetricKey(data: $0) }
            return try AEAD.open(sealed.bytes[body...], dataKey, authenticated)
        } catch {
            throw VaultError(
                error.code,
                "the sealed secret of connection `\(context.connection)` was altered or belongs elsewhere",
                hint: "reconnect the account; if nobody changed the database by hand, treat it as tampered with")
        }
    }
}
