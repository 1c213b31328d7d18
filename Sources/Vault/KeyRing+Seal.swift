import Crypto

extension KeyRing {
    private static let headBytes = RecordHeader.byteCount + SealedPlace.byteCount
    private static let bodyStart = headBytes + 12 + VaultKey.byteCount + 16
    private static let overhead = bodyStart + 12 + 16

    /// Seals `secret` for `context` under a data key made for this one write, which the active key wraps.
    ///
    /// Two seals of the same secret never look alike. Throws `tooLarge` over ``VaultLimits/secretBytes``.
    public func seal(_ secret: borrowing Secret, _ context: SealContext) throws(VaultError) -> SealedSecret {
        try seal(secret, context, .current)
    }

    /// The same in a format of before, for whoever shows that it opens.
    package func seal(
        _ secret: borrowing Secret, _ context: SealContext, _ format: SealFormat
    ) throws(VaultError) -> SealedSecret {
        guard secret.count <= VaultLimits.secretBytes else {
            throw VaultError(
                .tooLarge, "the secret has \(secret.count) bytes; at most \(VaultLimits.secretBytes) are kept")
        }
        let active = active
        let dataKey = SymmetricKey(size: .bits256)
        let head =
            RecordHeader(.secretAES256GCM, active.id, length: Self.overhead + secret.count, format: format).bytes
            + SealedPlace(context, format, dataKey).bytes
        let wrapped = try Self.wrap(dataKey, active, head)
        let body = try secret.withBytes { (bytes) throws(VaultError) in
            try AEAD.seal(bytes, dataKey, Self.authenticated(head, context, format))
        }
        return SealedSecret(bytes: head + wrapped + body)
    }

    /// Opens `sealed`, which must have been sealed for exactly `context`.
    ///
    /// Throws `truncated` for a record that lost bytes, `unknownKey` if the ring lacks the key, `misplaced` for the
    /// record of another place, `wrongGeneration` for an older or newer one of this place, and `notAuthentic` if
    /// anything else differs from what was sealed.
    public func open(_ sealed: SealedSecret, _ context: SealContext) throws(VaultError) -> Secret {
        let what = "the sealed secret of connection `\(context.connection)`"
        let (_, format, dataKey) = try unwrap(sealed, what)
        try SealedPlace(sealed.bytes, at: RecordHeader.byteCount).check(context, format, dataKey)
        do throws(VaultError) {
            return try AEAD.open(
                sealed.bytes[Self.bodyStart...], dataKey,
                Self.authenticated(Array(sealed.bytes[..<Self.headBytes]), context, format))
        } catch {
            throw VaultError(error.code, "\(what) was altered", hint: RecordHeader.tampered)
        }
    }

    /// The same record with its data key wrapped by the active key. The secret isn't opened.
    ///
    /// Throws as ``open(_:_:)`` does, except for the place and the generation, which stay as they are.
    public func rewrap(_ sealed: SealedSecret) throws(VaultError) -> SealedSecret {
        let active = active
        let (header, format, dataKey) = try unwrap(sealed, "the sealed secret")
        let head =
            RecordHeader(.secretAES256GCM, active.id, length: header.length, format: format).bytes
            + sealed.bytes[RecordHeader.byteCount..<Self.headBytes]
        return SealedSecret(
            bytes: head + (try Self.wrap(dataKey, active, head)) + sealed.bytes[Self.bodyStart...])
    }

    private func unwrap(
        _ sealed: SealedSecret, _ what: String
    ) throws(VaultError) -> (RecordHeader, SealFormat, SymmetricKey) {
        let header = try RecordHeader.read(sealed.bytes, .secretAES256GCM, what)
        guard let format = SealFormat(rawValue: header.version), sealed.bytes.count >= Self.overhead else {
            throw VaultError(.notAuthentic, "\(what) is too short to be one", hint: RecordHeader.tampered)
        }
        let key = try key(header.keyID)
        do throws(VaultError) {
            let raw = try AEAD.open(
                sealed.bytes[Self.headBytes..<Self.bodyStart], key.wrapping, sealed.bytes[..<Self.headBytes])
            return (header, format, raw.withBytes { SymmetricKey(data: $0) })
        } catch {
            throw VaultError(error.code, "\(what) was altered", hint: RecordHeader.tampered)
        }
    }

    private static func wrap(_ dataKey: SymmetricKey, _ key: VaultKey, _ head: [UInt8]) throws(VaultError) -> [UInt8] {
        try dataKey.withUnsafeBytes { bytes in
            Result { () throws(VaultError) in try AEAD.seal(bytes, key.wrapping, head) }
        }.get()
    }

    private static func authenticated(_ head: [UInt8], _ context: SealContext, _ format: SealFormat) -> [UInt8] {
        head[..<RecordHeader.keyBytes.lowerBound] + head[RecordHeader.keyBytes.upperBound...]
            + context.canonicalBytes(format)
    }
}
