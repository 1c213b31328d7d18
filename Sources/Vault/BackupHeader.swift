import Crypto
import FoundationEssentials

/// A file sealed in pieces, so that it may lie with somebody who isn't trusted. The bytes are:
///
/// | bytes | what |
/// |---|---|
/// | 17 | `deputy-backup-v2` and a newline |
/// | 8 | number of the key of the ring |
/// | 32 | salt: the file's own key is derived from it |
/// | 8 | length of what was sealed |
/// | 4 + s | length and text of the source that the keys came from |
/// | 4 + k | length and text of the sealed key file; nothing where the keys lay open in it |
/// | n + 16 each | pieces of 1 MiB, the last one shorter; AES-256-GCM, the nonce is the piece's number |
///
/// All before the pieces is authenticated with every piece.
struct BackupHeader {
    static let magic = Array("deputy-backup-v2\n".utf8)
    static let saltBytes = 32
    /// Without source and key file.
    static let fixedBytes = magic.count + 8 + saltBytes + 8
    static let mostBytes = fixedBytes + 8 + 2 * VaultLimits.keyFileBytes
    static let pieceBytes = 1 << 20
    static let tagBytes = 16

    let keyID: KeyID
    let salt: [UInt8]
    let length: Int
    let source: String
    /// Empty where the keys lay open in their file, which is kept apart then.
    let keyFile: [UInt8]

    init(keyID: KeyID, salt: [UInt8], length: Int, source: String, keyFile: [UInt8]) {
        self.keyID = keyID
        self.salt = salt
        self.length = length
        self.source = source
        self.keyFile = keyFile
    }

    /// Nil when `bytes` isn't the start of a backup.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.fixedBytes, bytes.starts(with: Self.magic),
            let id = KeyID(bytes: bytes[Self.magic.count..<Self.magic.count + 8])
        else { return nil }
        keyID = id
        salt = Array(bytes[Self.magic.count + 8..<Self.fixedBytes - 8])
        let count = bytes[Self.fixedBytes - 8..<Self.fixedBytes].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count < 1 << 50 else { return nil }
        length = Int(count)
        var rest = bytes[Self.fixedBytes...]
        guard let source = Self.take(&rest), let keyFile = Self.take(&rest) else { return nil }
        self.source = String(decoding: source, as: UTF8.self)
        self.keyFile = Array(keyFile)
    }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.count >= 4 else { return nil }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        guard count <= VaultLimits.keyFileBytes, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    var bytes: [UInt8] {
        var bytes = Self.magic + keyID.bytes + salt + withUnsafeBytes(of: UInt64(length).bigEndian) { Array($0) }
        for part in [Array(source.utf8), keyFile] {
            withUnsafeBytes(of: UInt32(part.count).bigEndian) { bytes += $0 }
            bytes += part
        }
        return bytes
    }

    var byteCount: Int { Self.fixedBytes + 8 + source.utf8.count + keyFile.count }

    var pieces: Int { max(1, (length + Self.pieceBytes - 1) / Self.pieceBytes) }
    /// Of the whole file.
    var fileLength: Int { byteCount + length + pieces * Self.tagBytes }

    func key(_ root: VaultKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: root.backups, salt: salt, info: Array("deputy/vault/v2/backup".utf8),
            outputByteCount: VaultKey.byteCount)
    }

    /// A key seals one file, so the number of the piece is never used twice.
    static func nonce(_ piece: Int) throws -> AES.GCM.Nonce {
        try AES.GCM.Nonce(data: [0, 0, 0, 0] + withUnsafeBytes(of: UInt64(piece).bigEndian) { Array($0) })
    }
}
