import Crypto
import Glibc

extension KeyFile {
    /// The text of the key file at `path`, once it is sure that nobody else could read or replace it.
    ///
    /// - Parameter isHanded: whether it is a credential of the service manager.
    static func read(_ path: String, isHanded: Bool = false) throws(VaultError) -> Secret {
        let descriptor = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw cannotOpen(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unusable(path, "read") }
        try check(status, path, isHanded: isHanded)
        return try Secret(count: Int(status.st_size)) { (buffer) throws(VaultError) in
            var filled = 0
            while filled < buffer.count {
                let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
                if count < 0 && errno == EINTR { continue }
                guard count != 0 else {
                    throw VaultError(.keyFileUnusable, "`\(path)` became shorter while it was read")
                }
                guard count > 0 else { throw unusable(path, "read") }
                filled += count
            }
        }
    }

    /// Writes `text` to a new file that this user alone may read, and syncs it and its folder. A file that couldn't be
    /// written whole is removed again.
    static func create(_ path: String, _ text: borrowing Secret) throws(VaultError) {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? VaultError(
                    .keyFileUnusable, "`\(path)` exists already", hint: "an existing key file is never overwritten")
                : unusable(path, "create")
        }
        defer { close(descriptor) }
        do throws(VaultError) {
            guard fchmod(descriptor, 0o600) == 0 else { throw unusable(path, "protect") }
            guard text.withBytes({ writeAll($0, to: descriptor) }) else { throw unusable(path, "write") }
            guard fsync(descriptor) == 0 else { throw unusable(path, "sync") }
            try syncFolder(of: path)
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Seconds since 1970 when the file was written last.
    static func written(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mtim.tv_sec : nil
    }

    /// Writes the file anew, from the keys `old` to the keys `new`. A crash leaves the one file or the other, whole.
    ///
    /// Throws `keyFileInvalid` when the file doesn't hold the keys `old` any more.
    static func rewrite(
        _ keeper: RingKeeper, from old: [VaultKey], to new: [VaultKey], adding raw: SymmetricKey?
    ) throws(VaultError) {
        guard let path = keeper.path, let text = try keeper.text() else { return }
        let edited = try text.withBytes { (bytes) throws(VaultError) -> Secret in
            guard try parse(bytes, path: path).map(\.id) == old.map(\.id) else {
                throw VaultError(
                    .keyFileInvalid, "`\(path)` was changed since this process read it",
                    hint: "start the gateway again, and then change the keys")
            }
            return KeyFile.edited(bytes, new, adding: raw)
        }
        try replace(path, with: try keeper.contents(edited))
    }

    /// Puts `text` into the file's place, once it is on disk and `check` has read the draft.
    static func replace(
        _ path: String, with text: borrowing Secret, check: (_ draft: String) throws(VaultError) -> Void = { _ in }
    ) throws(VaultError) {
        let draft = draft(of: path)
        unlink(draft)
        try create(draft, text)
        do throws(VaultError) {
            try check(draft)
            guard rename(draft, path) == 0 else { throw unusable(path, "replace") }
        } catch {
            unlink(draft)
            throw error
        }
        try syncFolder(of: path)
    }

    /// Where a file is written before it takes its place.
    static func draft(of path: String) -> String { path + ".new" }

    static func syncFolder(of path: String) throws(VaultError) {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unusable(folder, "sync") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw unusable(folder, "sync") }
    }
}
