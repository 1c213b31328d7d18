import Glibc

/// A file that only its owner may read, on disk when it is written.
enum PrivateFile {
    /// Writes the file anew. A crash leaves the one before or this one, whole.
    static func replace(_ bytes: [UInt8], at path: String) throws {
        let draft = path + ".new"
        unlink(draft)
        try write(bytes, to: draft)
        guard rename(draft, path) == 0 else {
            unlink(draft)
            throw CommandFailure(.refused, "files", "`\(path)` can't be written")
        }
        try syncFolder(of: path)
    }

    static func syncFolder(of path: String) throws {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        let folder = open(String(path[..<end]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(folder) }
        guard folder >= 0, fsync(folder) == 0 else {
            throw CommandFailure(.refused, "files", "the folder of `\(path)` can't be written")
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        let refused = CommandFailure(.refused, "files", "`\(path)` can't be written")
        guard file >= 0 else { throw refused }
        defer { close(file) }
        guard fchmod(file, 0o600) == 0, writeAll(bytes, to: file), fsync(file) == 0 else { throw refused }
    }
}
