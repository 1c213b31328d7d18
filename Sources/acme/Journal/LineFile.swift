import Foundation

/// A file that grows by whole lines, each handed to the kernel before `append` returns.
final class LineFile: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileProblem(doing: "open", path: path) }
    }

    deinit {
        close(descriptor)
    }

    func append(_ line: String) {
        let bytes = Array(line.utf8) + [0x0A]
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                write(descriptor, raw.baseAddress?.advanced(by: written), raw.count - written)
            }
            guard count > 0 || errno == EINTR else { return }
            written += max(count, 0)
        }
    }
}

struct FileProblem: Error, CustomStringConvertible {
    let doing: String
    let path: String
    var code = errno

    var description: String {
        "cannot \(doing) `\(path)`: \(String(cString: strerror(code)).lowercased())"
    }
}
