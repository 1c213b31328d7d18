import Authority
import Glibc

/// An agent's folder, held open: what is read and written is in this folder, wherever its name leads meanwhile.
final class OpenFolder {
    struct Problem: Error {
        let text: String
    }

    enum Document {
        case text(String)
        case missing
        /// In words that follow its name.
        case unusable(String)
    }

    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    static func open(_ agent: AgentID, _ paths: HomePaths, creating: Bool) -> Result<OpenFolder, Problem> {
        // The home itself is the operator's choice, link or not.
        let root = Glibc.open(paths.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { return .failure(Problem(text: "`\(paths.root)` can't be opened")) }
        var folder = OpenFolder(root)
        for name in ["workspaces", agent.raw] {
            let isNew = creating && mkdirat(folder.descriptor, name, 0o700) == 0
            let next = openat(folder.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else {
                let why = errno == ELOOP || errno == ENOTDIR ? "is a link or no folder" : "can't be opened"
                return .failure(Problem(text: "`\(name)` of `\(paths.workspaces)` \(why)"))
            }
            // The process's umask may have taken more than others' rights.
            if isNew { fchmod(next, 0o700) }
            folder = OpenFolder(next)
        }
        return .success(folder)
    }

    func document(_ name: String) -> Document {
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return errno == ENOENT ? .missing : .unusable("is a link, or can't be read") }
        defer { close(file) }
        guard OpenFolder.isPlain(file) else { return .unusable("isn't a plain file of under a megabyte") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < OpenFolder.largest {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count > 0 else {
                return count == 0
                    ? String(validating: bytes, as: UTF8.self).map(Document.text) ?? .unusable("isn't text in UTF-8")
                    : .unusable("can't be read")
            }
            bytes += buffer[..<count]
        }
        return .unusable("is too large")
    }

    func create(_ name: String, _ text: String) -> Bool {
        put(text, in: openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
    }

    func append(_ name: String, _ text: String) -> Bool {
        put(text, in: openat(descriptor, name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC))
    }

    private static let largest = 1 << 20

    /// A regular file with this one name: under a second one it could be something else.
    private static func isPlain(_ file: Int32) -> Bool {
        var status = stat()
        return fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1
            && status.st_size < largest
    }

    private func put(_ text: String, in file: Int32) -> Bool {
        guard file >= 0 else { return false }
        defer { close(file) }
        return OpenFolder.isPlain(file) && writeAll(Array(text.utf8), to: file)
    }
}
