import Foundation
import Glibc
import Storage

/// The files of a home that people write, and that a backup holds beside the database: manifests and workspaces.
struct HomeFiles {
    let paths: HomePaths

    static let largest = 1 << 20

    /// Every regular file of these folders, by its path in the home; links and what is too large are told apart.
    func read() -> (files: [HomeFile], skipped: [String]) {
        var files: [HomeFile] = []
        var skipped: [String] = []
        for folder in [paths.providers, paths.workspaces] {
            for name in (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted() {
                let path = folder + "/" + name
                var status = stat()
                guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { continue }
                let shown = String(path.dropFirst(paths.root.count + 1))
                guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= HomeFiles.largest,
                    let bytes = FileManager.default.contents(atPath: path)
                else {
                    skipped.append(shown)
                    continue
                }
                files.append(HomeFile(path: shown, bytes: Array(bytes)))
            }
        }
        return (files, skipped)
    }

    /// Writes those that aren't there. What is there stays as it is.
    ///
    /// - Returns: the paths in the home that were there already, with other text.
    func write(_ files: [HomeFile]) throws -> [String] {
        var kept: [String] = []
        for file in files {
            let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
            // The backup is authentic, and still: a path never leads out of these two folders.
            guard parts.count >= 2, ["providers", "workspaces"].contains(parts[0]),
                !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." })
            else { continue }
            let path = paths.root + "/" + file.path
            guard !FileManager.default.fileExists(atPath: path) else {
                if FileManager.default.contents(atPath: path).map(Array.init) != file.bytes { kept.append(file.path) }
                continue
            }
            try FileManager.default.createDirectory(
                atPath: String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]),
                withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try PrivateFile.write(file.bytes, to: path)
        }
        return kept
    }
}
