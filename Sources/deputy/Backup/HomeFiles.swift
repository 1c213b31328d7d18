import Foundation
import Glibc
import Storage

/// The files of a home that people write, and that a backup holds beside the database: manifests and workspaces.
struct HomeFiles {
    let paths: HomePaths

    static let largest = 1 << 20

    /// Every regular file of these folders, by its path in the home; links and what is too large or closed are told apart.
    func read() -> (files: [HomeFile], skipped: [String]) {
        var files: [HomeFile] = []
        var skipped: [String] = []
        for folder in [paths.providers, paths.workspaces] {
            let names = FileManager.default.enumerator(
                at: URL(filePath: folder), includingPropertiesForKeys: nil, options: [],
                errorHandler: { url, _ in
                    if url.path != folder { skipped.append(shown(url.path)) }
                    return true
                })
            for case let url as URL in names ?? .init() {
                var status = stat()
                guard lstat(url.path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { continue }
                if let bytes = bytes(of: url.path) {
                    files.append(HomeFile(path: shown(url.path), bytes: bytes))
                } else {
                    skipped.append(shown(url.path))
                }
            }
        }
        return (files.sorted { $0.path < $1.path }, skipped.sorted())
    }

    /// Writes those that aren't there. What is there stays as it is, and so does what a link leads to.
    ///
    /// - Returns: the paths in the home that couldn't be written, or were there already with other text.
    func write(_ files: [HomeFile]) -> [String] {
        files.filter { !write($0) }.map(\.path)
    }

    private func write(_ file: HomeFile) -> Bool {
        let parts = file.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        // The backup is authentic, and still: a path never leads out of these two folders.
        guard parts.count >= 2, ["providers", "workspaces"].contains(parts[0]),
            !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." })
        else { return false }
        var folder = paths.root
        for part in parts.dropLast() {
            folder += "/" + part
            var status = stat()
            if lstat(folder, &status) == 0 {
                guard status.st_mode & S_IFMT == S_IFDIR else { return false }
            } else if mkdir(folder, 0o700) != 0 {
                return false
            }
        }
        let path = folder + "/" + (parts.last ?? "")
        var status = stat()
        guard lstat(path, &status) != 0 else { return bytes(of: path) == file.bytes }
        return (try? PrivateFile.write(file.bytes, to: path)) != nil && (try? PrivateFile.syncFolder(of: path)) != nil
    }

    private func shown(_ path: String) -> String { String(path.dropFirst(paths.root.count + 1)) }

    /// Nil for anything but a regular file of a bearable size. The one that is looked at is the one that is read.
    private func bytes(of path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= HomeFiles.largest else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            guard count > 0 else { return nil }
            filled += count
        }
        return bytes
    }
}
