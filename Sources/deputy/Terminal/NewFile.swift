import FoundationEssentials
import Glibc

/// A file that a command makes for the person who runs it. What is there is never overwritten.
final class NewFile {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .refused, "files",
                errno == EEXIST
                    ? "`\(path)` exists already"
                    : "`\(path)` can't be made: \(String(cString: strerror(errno)).lowercased())",
                hint: "name one that isn't there yet, in a folder that you may write to")
        }
    }

    /// A file in a folder that is made for it.
    convenience init(folder: String, _ name: String) throws {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw CommandFailure(
                .refused, "files", "`\(folder)` can't be made: \(String(cString: strerror(errno)).lowercased())")
        }
        try self.init(folder + "/" + name)
    }

    deinit {
        Glibc.close(descriptor)
    }

    static func write(_ text: String, to path: String) throws {
        let file = try NewFile(path)
        try file.write(text)
        try file.close()
    }

    func write(_ text: String) throws {
        guard writeAll(Array(text.utf8), to: descriptor) else { throw unwritable() }
    }

    /// On disk when this returns.
    func close() throws {
        guard fsync(descriptor) == 0 else { throw unwritable() }
    }

    private func unwritable() -> CommandFailure {
        CommandFailure(
            .refused, "files", "`\(path)` can't be written: \(String(cString: strerror(errno)).lowercased())")
    }
}
