import Crypto

extension KeyRing {
    /// Copies the file at `source` into a new file at `target`, sealed by the active key, readable by this user alone and
    /// on disk when this returns. On an error nothing is left.
    ///
    /// Throws `backupUnusable` with the path when a file can't be read or written.
    public func sealBackup(_ source: String, to target: String) throws(VaultError) {
        let active = active
        let input = try PieceFile(reading: source)
        let header = BackupHeader(
            keyID: active.id, salt: Secret.random(count: BackupHeader.saltBytes).withBytes { Array($0) },
            length: try input.length(), source: "\(self.source ?? .file)", keyFile: try sealedFile())
        let key = header.key(active)
        // Only a whole backup ever bears the name.
        let output = try PieceFile(makingAnew: target + ".part")
        do throws(VaultError) {
            try output.write(header.bytes)
            for piece in 0..<header.pieces {
                let plain = try input.read(
                    min(BackupHeader.pieceBytes, header.length - piece * BackupHeader.pieceBytes))
                try output.write(try Self.sealPiece(plain, piece, key, header))
            }
            try output.sync()
            try output.publish(as: target)
        } catch {
            output.remove()
            throw error
        }
    }

    /// Copies what was sealed in the file at `source` into a new file at `target`. On an error nothing is left.
    ///
    /// Throws `backupInvalid` for a file that isn't a backup, `truncated` for one that lost bytes, `unknownKey` when the
    /// ring lacks its key, and `notAuthentic` for one that was altered.
    public func openBackup(_ source: String, to target: String) throws(VaultError) {
        let (input, header, key) = try readBackup(source)
        let output = try PieceFile(making: target)
        do throws(VaultError) {
            for piece in 0..<header.pieces {
                let count = min(BackupHeader.pieceBytes, header.length - piece * BackupHeader.pieceBytes)
                let sealed = try input.read(count + BackupHeader.tagBytes)
                guard let plain = try? Self.openPiece(sealed, piece, key, header) else { throw Self.altered(source) }
                try output.write(plain)
            }
            try output.sync()
        } catch {
            output.remove()
            throw error
        }
    }

    /// Whether the file at `source` looks like a backup that this ring opens. Throws as ``openBackup(_:to:)`` does.
    public func checkBackup(_ source: String) throws(VaultError) { _ = try readBackup(source) }

    /// The keys that a backup brings along, sealed, for a home that has none: they are opened by their source, and then their
    /// file is made at `path`. Nil when the backup brings none. Blocks as ``init(file:asking:)`` does.
    public static func taking(
        from backup: String, to path: String, asking asker: any KeyAsker
    ) throws(VaultError) -> KeyRing? {
        let (_, header, _) = try head(of: backup)
        guard !header.keyFile.isEmpty else { return nil }
        var text = header.keyFile
        let file = Secret(consuming: &text)
        let sealed = try file.withBytes { (bytes) throws(VaultError) in try SealedRing(bytes, path: backup) }
        let opened = try OpenedSource(sealed.head, asking: asker)
        let keys = try sealed.text(opened).withBytes { (bytes) throws(VaultError) in
            try KeyFile.parse(bytes, path: backup)
        }
        try KeyFile.create(path, file)
        return try KeyRing(keys, place: path, keeper: .sealed(path, opened))
    }

    private func readBackup(_ source: String) throws(VaultError) -> (PieceFile, BackupHeader, SymmetricKey) {
        let (input, header, length) = try Self.head(of: source)
        guard let root = keys.first(where: { $0.id == header.keyID }) else { throw unknown(header, source) }
        guard length >= header.fileLength else {
            throw VaultError(
                .truncated, "`\(source)` is cut off: \(length) bytes are left of \(header.fileLength)",
                hint: "copy it again from where it was kept, or use another backup")
        }
        guard length == header.fileLength else { throw Self.altered(source) }
        return (input, header, header.key(root))
    }

    /// The file is left where the pieces begin.
    private static func head(of source: String) throws(VaultError) -> (PieceFile, BackupHeader, length: Int) {
        let input = try PieceFile(reading: source)
        let length = try input.length()
        guard let header = BackupHeader(try input.read(min(length, BackupHeader.mostBytes))) else {
            throw VaultError(
                .backupInvalid, "`\(source)` isn't a backup of Deputy", hint: "make one with `deputy backup FILE`")
        }
        try input.go(to: header.byteCount)
        return (input, header, length)
    }

    private func unknown(_ header: BackupHeader, _ source: String) -> VaultError {
        let ours = self.source ?? .file
        guard header.source == "\(ours)" else {
            return VaultError(
                .wrongSource,
                "`\(source)` was sealed with key `\(header.keyID)` from `\(header.source)`, and the keys here come from "
                    + "`\(ours)`",
                hint: header.keyFile.isEmpty
                    ? "put the key file that the home had then in the place of this one"
                    : "the backup holds its own sealed key file: move this one out of the way, and restore again")
        }
        return VaultError(
            .unknownKey, "`\(source)` was sealed with key `\(header.keyID)`, but the key file has `\(activeKey)`",
            hint: "put the key file that the home had then in the place of this one")
    }

    private static func altered(_ source: String) -> VaultError {
        VaultError(.notAuthentic, "`\(source)` was altered since it was made", hint: "use another backup")
    }

    private static func sealPiece(
        _ plain: [UInt8], _ piece: Int, _ key: SymmetricKey, _ header: BackupHeader
    ) throws(VaultError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(
                plain, using: key, nonce: BackupHeader.nonce(piece), authenticating: header.bytes)
            return Array(box.ciphertext) + box.tag
        } catch {
            throw VaultError(.cryptography, "sealing failed")
        }
    }

    private static func openPiece(
        _ sealed: [UInt8], _ piece: Int, _ key: SymmetricKey, _ header: BackupHeader
    ) throws -> [UInt8] {
        let box = try AES.GCM.SealedBox(
            nonce: BackupHeader.nonce(piece), ciphertext: sealed.dropLast(BackupHeader.tagBytes),
            tag: sealed.suffix(BackupHeader.tagBytes))
        return Array(try AES.GCM.open(box, using: key, authenticating: header.bytes))
    }
}
