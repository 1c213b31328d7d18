import FoundationEssentials
import Glibc

/// Files of a person's project. Written whole or not at all.
enum TextFile {
    /// Nil when there is no such file.
    static func read(_ path: String) throws -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure(
                .refused, "unreadable", "`\(path)` can't be read", hint: "name another with `--write FILE`")
        }
        return text
    }

    /// Makes the folders that are missing. A file that is there keeps its permissions; a link keeps leading where it does.
    static func write(_ text: String, to path: String) throws {
        let failure = CommandFailure(
            .refused, "unwritable", "`\(path)` can't be written", hint: "name another file with `--write FILE`")
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            let folder = String(path[..<slash])
            guard (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil
            else { throw failure }
        }
        var target = path
        if let resolved = realpath(path, nil) {
            target = String(cString: resolved)
            free(resolved)
        }
        var status = stat()
        let mode = stat(target, &status) == 0 ? status.st_mode & 0o777 : 0o644
        let draft = target + ".deputy-new"
        do {
            try text.write(toFile: draft, atomically: false, encoding: .utf8)
        } catch {
            unlink(draft)
            throw failure
        }
        guard chmod(draft, mode) == 0, rename(draft, target) == 0 else {
            unlink(draft)
            throw failure
        }
    }
}
