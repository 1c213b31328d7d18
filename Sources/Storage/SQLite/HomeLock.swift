import Glibc
import Synchronization

/// Holds a home for this process alone. The kernel lets go of it when the process ends, however it ends.
public final class HomeLock: Sendable {
    private let file: Mutex<Int32?>

    /// Holds the home of the store at `database`, whether that is there or not.
    ///
    /// - Throws: `StorageError` when another process holds it.
    public convenience init(database: String) throws(StorageError) {
        try self.init(path: database + ".lock")
    }

    init(path: String) throws(StorageError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw StorageError(
                .unreadable, "`\(path)` can't be opened: \(String(cString: strerror(errno)))",
                hint: "the home's files belong to the user who runs this, and lie where that user may write")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            close(file)
            throw isHeld
                ? StorageError(
                    .held, "another process holds this home",
                    hint: "stop it first, or wait until it is done: it holds `\(path)`")
                : StorageError(.unreadable, "`\(path)` can't be locked", hint: "keep the home on a local disk")
        }
        self.file = Mutex(file)
    }

    /// Tells this folder from others of the same machine; nil once it is let go.
    var place: String? {
        file.withLock { file in
            var status = stat()
            guard let file, fstat(file, &status) == 0 else { return nil }
            return "\(status.st_dev)/\(status.st_ino)"
        }
    }

    /// Lets go, once.
    public func release() {
        file.withLock { file in
            if let open = file {
                // Closing alone isn't enough: a program that is being started has the file too until it runs.
                flock(open, LOCK_UN)
                close(open)
            }
            file = nil
        }
    }

    deinit { release() }
}
