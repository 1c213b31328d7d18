import Glibc

/// Reads the small files that TLS needs.
enum FileBytes {
    /// No certificate chain is longer.
    private static let most = 1 << 20

    /// - Parameter isSecret: whether it must be closed to others.
    static func read(_ path: String, isSecret: Bool = false) throws(FaceError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw FaceError(.tls, "`\(path)` can't be read: \(String(cString: strerror(errno)))", hint: way(errno))
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= most else {
            throw FaceError(.tls, "`\(path)` isn't a file of a certificate or a key")
        }
        if isSecret { try checkClosed(path, status) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var length = 0
        while length < bytes.count {
            let count = bytes[length...].withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            length += count
        }
        return Array(bytes.prefix(length))
    }

    /// The group may read it, as Debian's `ssl-cert` and systemd's credentials have it.
    private static func checkClosed(_ path: String, _ status: stat) throws(FaceError) {
        let mode = status.st_mode & 0o7777
        guard mode & (S_IRWXO | S_IWGRP) == 0 else {
            throw FaceError(
                .tls, "`\(path)` is open to others (mode \(String(mode, radix: 8)))",
                hint: "close it: `chmod 600 \(path)`; if others could read it for a while, make a new key")
        }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw FaceError(
                .tls, "`\(path)` belongs to another user (uid \(status.st_uid))",
                hint: "give it to the user who serves, or to root")
        }
    }

    private static func way(_ code: Int32) -> String? {
        switch code {
        case EACCES: "let the user who serves read it, and nobody else; under systemd hand it over with LoadCredential="
        case ENOENT: "name the file where it lies"
        default: nil
        }
    }
}
