import CPKCS11

extension TokenSession {
    /// The AES key with this label that can't leave the token; nil where there is none.
    ///
    /// Throws `tokenUnusable` for two of them, and for one that could be read.
    func key(_ label: String) throws(VaultError) -> CK_ULONG? {
        var found = [CK_ULONG](repeating: 0, count: 2)
        var count: CK_ULONG = 0
        var template = Attributes()
        template.add(CKA_CLASS, CKO_SECRET_KEY)
        template.add(CKA_LABEL, text: label)
        try template.lend { (pointer, length) throws(VaultError) in
            try Self.done("the token's keys can't be listed", functions.C_FindObjectsInit(handle, pointer, length))
        }
        let answer = functions.C_FindObjects(handle, &found, 2, &count)
        _ = functions.C_FindObjectsFinal(handle)
        try Self.done("the token's keys can't be listed", answer)
        guard count > 0 else { return nil }
        guard count == 1 else {
            throw VaultError(
                .tokenUnusable, "the token has several keys `\(label)`", hint: "give one of them another label")
        }
        guard try isKept(found[0]) else {
            throw VaultError(
                .tokenUnusable, "the token would give its key `\(label)` away, or it isn't an AES key",
                hint: "name a label that isn't there yet: the key is made then, and never leaves the token")
        }
        return found[0]
    }

    /// Makes an AES-256 key that never leaves the token.
    func makeKey(_ label: String) throws(VaultError) {
        var template = Attributes()
        template.add(CKA_LABEL, text: label)
        template.add(CKA_VALUE_LEN, 32)
        for attribute in [CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ENCRYPT, CKA_DECRYPT] {
            template.add(attribute, flag: true)
        }
        template.add(CKA_EXTRACTABLE, flag: false)
        var mechanism = ck_mechanism(mechanism: CKM_AES_KEY_GEN, parameter: nil, length: 0)
        var key: CK_ULONG = 0
        try template.lend { (pointer, length) throws(VaultError) in
            try Self.done(
                "the token can't make a key", functions.C_GenerateKey(handle, &mechanism, pointer, length, &key))
        }
    }

    private func isKept(_ key: CK_ULONG) throws(VaultError) -> Bool {
        var type: CK_ULONG = 0
        var isSensitive: CK_BYTE = 0
        var isExtractable: CK_BYTE = 1
        let answer = withUnsafeMutablePointer(to: &type) { type in
            withUnsafeMutablePointer(to: &isSensitive) { isSensitive in
                withUnsafeMutablePointer(to: &isExtractable) { isExtractable in
                    var attributes = [
                        ck_attribute(type: CKA_KEY_TYPE, value: type, length: 8),
                        ck_attribute(type: CKA_SENSITIVE, value: isSensitive, length: 1),
                        ck_attribute(type: CKA_EXTRACTABLE, value: isExtractable, length: 1),
                    ]
                    return functions.C_GetAttributeValue(handle, key, &attributes, 3)
                }
            }
        }
        try Self.done("the token doesn't tell what its key is", answer)
        return type == CKK_AES && isSensitive == 1 && isExtractable == 0
    }
}

/// The attributes of an object, as C takes them.
private struct Attributes {
    private var values: [(type: CK_ULONG, bytes: [UInt8])] = []

    mutating func add(_ type: CK_ULONG, _ number: CK_ULONG) {
        values.append((type, withUnsafeBytes(of: number) { Array($0) }))
    }

    mutating func add(_ type: CK_ULONG, text: String) {
        values.append((type, Array(text.utf8)))
    }

    mutating func add(_ type: CK_ULONG, flag: Bool) {
        values.append((type, [flag ? 1 : 0]))
    }

    /// The pointers hold for the length of `body`.
    func lend(
        _ body: (UnsafeMutablePointer<ck_attribute>?, CK_ULONG) throws(VaultError) -> Void
    ) throws(VaultError) {
        let buffers = values.map { value in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: value.bytes.count, alignment: 8)
            buffer.copyBytes(from: value.bytes)
            return buffer
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        var attributes = zip(values, buffers).map { value, buffer in
            ck_attribute(type: value.type, value: buffer.baseAddress, length: CK_ULONG(buffer.count))
        }
        try attributes.withUnsafeMutableBufferPointer { (pointer) throws(VaultError) in
            try body(pointer.baseAddress, CK_ULONG(pointer.count))
        }
    }
}
