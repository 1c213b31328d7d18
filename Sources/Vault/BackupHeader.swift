import Crypto
import FoundationEssentials

/// A file sealed in pieces, so that it may lie with somebody who isn't trusted. The bytes are:
///
/// | bytes | what |
/// |---|---|
/// | 17 | `deputy-backup-v1` and a newline |
/// | 8 | number of the key of the ring |
/// | 32 | salt: the file's own key is derived from it |
/// | 8 | length of what was sealed |
/// | n + 16 each | pieces of 1 MiB, the last one shorter; AES-256-GCM, the nonce is the piece's number |
///
/// The first 65 bytes are authenticated with every piece.
struct BackupHeader {
    static let magic = Array("deputy-backup-v1\n".utf8)
    static let saltBytes = 32
    static let byteCount = magic.count + 8 + saltBytes + 8
    static let pieceBytes = 1 << 20
    static let tagBytes = 16

    let keyID: KeyID
    let salt: [UInt8]
    let length: Int

    init(keyID: KeyID, salt: [UInt8], length: Int) {
        self.keyID = keyID
        self.salt = salt
        self.length = length
    }

    /// Nil when `bytes` isn't the start of a backup.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.byteCount, bytes.starts(with: Self.magic),
            let id = KeyID(bytes: bytes[Self.magic.count..<Self.magic.count + 8])
        else { return nil }
        keyID = id
        salt = Array(bytes[Self.magic.count + 8..<Self.byteCount - 8])
        let count = bytes[Self.byteCount - 8..<Self.byteCount].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count < 1 << 50 else { return nil }
        length = Int(count)
    }

    var bytes: [UInt8] {
        Self.magic + keyID.bytes + salt + withUnsafeBytes(of: UInt64(length).bigEndian) { Array($0) }
    }

    var pieces: Int { max(1, (length + Self.pieceBytes - 1) / Self.pieceBytes) }
    /// Of the whole file.
    var fileLength: Int { Self.byteCount + length + pieces * Self.tagBytes }

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
