import Glibc

/// A file that is read or written in pieces.
final class PieceFile {
    private let path: String
    private let descriptor: Int32

    init(reading path: String) throws(VaultError) {
        self.path = path
        // A pipe without a writer would be waited for.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unusable(path, "open") }
    }

    /// - Throws: when there is a file already.
    init(making path: String) throws(VaultError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? VaultError(.backupUnusable, "`\(path)` exists already", hint: "name a file that isn't there yet")
                : Self.unusable(path, "make")
        }
    }

    /// A draft: what an interrupted run left there goes.
    convenience init(makingAnew path: String) throws(VaultError) {
        unlink(path)
        try self.init(making: path)
    }

    deinit {
        close(descriptor)
    }

    func length() throws(VaultError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw VaultError(.backupUnusable, "`\(path)` isn't a regular file")
        }
        return Int(status.st_size)
    }

    func go(to place: Int) throws(VaultError) {
        guard lseek(descriptor, place, SEEK_SET) == place else { throw Self.unusable(path, "read") }
    }

    /// Exactly `count` bytes.
    func read(_ count: Int) throws(VaultError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), count - filled)
            }
            if got < 0 && errno == EINTR { continue }
            guard got != 0 else { throw VaultError(.backupUnusable, "`\(path)` became shorter while it was read") }
            guard got > 0 else { throw Self.unusable(path, "read") }
            filled += got
        }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(VaultError) {
        guard bytes.withUnsafeBytes({ writeAll($0, to: descriptor) }) else { throw Self.unusable(path, "write") }
    }

    /// The file and its folder's entry are on disk when this returns.
    func sync() throws(VaultError) {
        guard fsync(descriptor) == 0 else { throw Self.unusable(path, "sync") }
        try KeyFile.syncFolder(of: path)
    }

    /// Gives a synced draft its name, unless something bears it already.
    func publish(as name: String) throws(VaultError) {
        guard link(path, name) == 0 else {
            throw errno == EEXIST
                ? VaultError(.backupUnusable, "`\(name)` exists already", hint: "name a file that isn't there yet")
                : Self.unusable(name, "make")
        }
        unlink(path)
        try KeyFile.syncFolder(of: name)
    }

    func remove() {
        unlink(path)
    }

    private static func unusable(_ path: String, _ verb: String) -> VaultError {
        VaultError(.backupUnusable, "cannot \(verb) `\(path)`: \(systemError())")
    }
}
