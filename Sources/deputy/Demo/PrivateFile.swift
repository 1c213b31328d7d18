import Glibc

/// A file that only its owner may read, on disk when it is written.
enum PrivateFile {
    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0, fchmod(file, 0o600) == 0 else {
            throw CommandFailure(.refused, "invalid", "`\(path)` can't be written")
        }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard written > 0 else { throw CommandFailure(.refused, "invalid", "`\(path)` can't be written") }
            rest = rest.dropFirst(written)
        }
        guard fsync(file) == 0 else { throw CommandFailure(.refused, "invalid", "`\(path)` can't be written") }
    }
}
