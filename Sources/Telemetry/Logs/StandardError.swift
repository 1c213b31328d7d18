import Glibc

/// Standard error as a log's end. A line is one write, so that lines of several processes don't mix within a pipe's bound.
public enum StandardError {
    @Sendable public static func write(_ line: String) {
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else if errno != EINTR {
                // Nobody reads any more, and there is no other place to say so.
                return
            }
        }
    }

    /// Whether standard error goes to the journal (systemd.exec(5), `JOURNAL_STREAM`).
    public static func isJournal(_ stream: String?) -> Bool {
        guard let parts = stream?.split(separator: ":"), parts.count == 2 else { return false }
        var status = stat()
        return fstat(STDERR_FILENO, &status) == 0 && parts[0] == "\(status.st_dev)" && parts[1] == "\(status.st_ino)"
    }
}
