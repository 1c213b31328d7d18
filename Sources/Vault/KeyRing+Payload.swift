import Crypto

extension KeyRing {
    /// Seals `payload` under a key derived for `id` alone, so that a payload put under another identifier doesn't open.
    ///
    /// The identifier must be new for each payload. Throws `tooLarge` over ``VaultLimits/payloadBytes``.
    public func sealPayload(_ payload: [UInt8], id: String) throws(VaultError) -> [UInt8] {
        guard payload.count <= VaultLimits.payloadBytes else {
            throw VaultError(
                .tooLarge, "the payload has \(payload.count) bytes; at most \(VaultLimits.payloadBytes) are kept")
        }
        let active = active
        let length = RecordHeader.byteCount + 12 + payload.count + 16
        let header = RecordHeader(.payloadAES256GCM, active.id, length: length).bytes
        return header + (try AEAD.seal(payload, Self.payloadKey(active, id), header))
    }

    /// Opens what ``sealPayload(_:id:)`` made for the same `id`.
    ///
    /// Throws `truncated` for a payload that lost bytes, `unknownKey` if the ring lacks the key, and `notAuthentic` if
    /// the bytes or the identifier differ.
    public func openPayload(_ sealed: [UInt8], id: String) throws(VaultError) -> [UInt8] {
        let header = try RecordHeader.read(sealed, .payloadAES256GCM, "the sealed payload `\(id)`")
        let key = Self.payloadKey(try key(header.keyID), id)
        do throws(VaultError) {
            return try AEAD.open(sealed[RecordHeader.byteCount...], key, sealed[..<RecordHeader.byteCount])
                .withBytes { Array($0) }
        } catch {
            throw VaultError(
                error.code, "the sealed payload `\(id)` was altered or belongs elsewhere", hint: RecordHeader.tampered)
        }
    }

    /// RFC 5869's second step alone: the payload root is uniform already.
    private static func payloadKey(_ key: VaultKey, _ id: String) -> SymmetricKey {
        HKDF<SHA256>.expand(
            pseudoRandomKey: key.payloads, info: Array(id.utf8), outputByteCount: VaultKey.byteCount)
    }
}
