import CPKCS11
import Glibc

/// An AES key in a token that wraps the root of a key file. The key never leaves the token; each use is a session of its
/// own, so that a token that was removed is noticed, and one that came back works.
final class TokenKey: Sendable {
    private enum PIN: Sendable {
        case place(TokenAddress.PINPlace)
        case typed(HeldSecret)
    }

    private static let nonceBytes = 12
    private static let tagBytes = 16
    let address: TokenAddress
    private let module: TokenModule
    private let pin: PIN

    /// Asks for the PIN where the address names no place of it, and tries it.
    ///
    /// - Parameter makesKey: whether the token is to make the key where it has none.
    init(_ address: TokenAddress, makesKey: Bool, asking asker: any KeyAsker) throws(VaultError) {
        self.address = address
        module = try TokenModule(address.module)
        pin =
            if let place = address.pin { .place(place) } else {
                .typed(HeldSecret(try asker.answer(.pin(token: address.token))))
            }
        try use { (session, key) throws(VaultError) in
            if key == nil, makesKey { return try session.makeKey(address.object) }
            _ = try known(key)
        }
    }

    /// Nonce, ciphertext and tag, as the token's AES-GCM makes them.
    func wrap(_ root: borrowing Secret, authenticating header: [UInt8]) throws(VaultError) -> [UInt8] {
        var nonce = Secret.random(count: Self.nonceBytes).withBytes { Array($0) }
        var sealed = [UInt8](repeating: 0, count: root.count + Self.tagBytes)
        try root.withBytes { (bytes) throws(VaultError) in
            try use { (session, key) throws(VaultError) in
                let key = try known(key)
                try Self.withGCM(&nonce, header) { (mechanism) throws(VaultError) in
                    try TokenSession.done(
                        "the token can't wrap", session.functions.C_EncryptInit(session.handle, mechanism, key))
                }
                var room = CK_ULONG(sealed.count)
                let input = bytes.bindMemory(to: CK_BYTE.self).baseAddress
                try TokenSession.done(
                    "the token can't wrap",
                    session.functions.C_Encrypt(session.handle, input, CK_ULONG(bytes.count), &sealed, &room))
                guard room == CK_ULONG(sealed.count) else {
                    throw VaultError(.tokenUnusable, "the token wraps with another tag than asked for")
                }
            }
        }
        return nonce + sealed
    }

    /// Throws `wrongToken` when this key didn't wrap it.
    func unwrap(_ wrapped: [UInt8], authenticating header: [UInt8]) throws(VaultError) -> Secret {
        guard wrapped.count > Self.nonceBytes + Self.tagBytes else { throw wrong }
        var nonce = Array(wrapped.prefix(Self.nonceBytes))
        let sealed = Array(wrapped.dropFirst(Self.nonceBytes))
        return try Secret(count: sealed.count - Self.tagBytes) { (buffer) throws(VaultError) in
            try use { (session, key) throws(VaultError) in
                let key = try known(key)
                try Self.withGCM(&nonce, header) { (mechanism) throws(VaultError) in
                    try TokenSession.done(
                        "the token can't unwrap", session.functions.C_DecryptInit(session.handle, mechanism, key))
                }
                // Some modules want room for the tag as well.
                var plain = [UInt8](repeating: 0, count: sealed.count)
                defer { wipe(&plain) }
                var room = CK_ULONG(plain.count)
                let answer = session.functions.C_Decrypt(
                    session.handle, sealed, CK_ULONG(sealed.count), &plain, &room)
                let error = TokenFault(answer).error("")
                if answer != CKR_OK, error.code == .tokenMissing { throw error }
                guard answer == CKR_OK, room == CK_ULONG(buffer.count) else { throw wrong }
                plain.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<Int(room)])) }
            }
        }
    }

    private func use(
        _ body: (TokenSession, CK_ULONG?) throws(VaultError) -> Void
    ) throws(VaultError) {
        try module.use { (functions) throws(VaultError) in
            let session = try TokenSession(functions, address) { () throws(VaultError) in try readPIN() }
            defer { session.end() }
            try body(session, try session.key(address.object))
        }
    }

    private func known(_ key: CK_ULONG?) throws(VaultError) -> CK_ULONG {
        guard let key else {
            throw VaultError(
                .wrongToken, "the token `\(address.token)` has no key `\(address.object)`",
                hint: "use the token that this home's keys were moved to, or restore its key from the token's backup")
        }
        return key
    }

    private var wrong: VaultError {
        VaultError(
            .wrongToken, "the key `\(address.object)` of the token `\(address.token)` doesn't open the keys",
            hint: "use the token that this home's keys were moved to; another key with the same label doesn't do")
    }

    private func readPIN() throws(VaultError) -> Secret {
        switch pin {
        case .typed(let held): held.copy()
        case .place(.file(let path)): Self.line(try KeyFile.read(path))
        case .place(.credential(let name)):
            Self.line(try KeyFile.read(try CredentialFile(name: name).path(), isHanded: true))
        }
    }

    private static func line(_ text: consuming Secret) -> Secret {
        text.withBytes { bytes in
            Secret(copying: UnsafeRawBufferPointer(rebasing: bytes.prefix { $0 != UInt8(ascii: "\n") }))
        }
    }

    private static func withGCM(
        _ nonce: inout [UInt8], _ header: [UInt8],
        _ body: (UnsafeMutablePointer<ck_mechanism>) throws(VaultError) -> Void
    ) throws(VaultError) {
        var header = header
        try nonce.withUnsafeMutableBufferPointer { (nonce) throws(VaultError) in
            try header.withUnsafeMutableBufferPointer { (header) throws(VaultError) in
                var parameters = ck_gcm_params(
                    iv: nonce.baseAddress, iv_length: CK_ULONG(nonce.count), iv_bits: CK_ULONG(nonce.count * 8),
                    aad: header.baseAddress, aad_length: CK_ULONG(header.count), tag_bits: CK_ULONG(tagBytes * 8))
                try withUnsafeMutablePointer(to: &parameters) { (pointer) throws(VaultError) in
                    var mechanism = ck_mechanism(
                        mechanism: CKM_AES_GCM, parameter: pointer,
                        length: CK_ULONG(MemoryLayout<ck_gcm_params>.size))
                    try body(&mechanism)
                }
            }
        }
    }
}

/// A secret that outlives the call it was given for.
final class HeldSecret: Sendable {
    private let secret: Secret

    init(_ secret: consuming Secret) {
        self.secret = secret
    }

    func copy() -> Secret { secret.withBytes { Secret(copying: $0) } }
}
