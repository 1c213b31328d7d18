import FoundationEssentials
import Gate
import Glibc
import Storage

/// How far each tree was signed, kept beside the keys and so apart from the database: an older copy of that, put in its
/// place, has less. One line a tree: size and name.
struct LedgerMark {
    let paths: HomePaths

    private static let first = "deputy-mark-v1"

    /// - Throws: `CommandFailure` when a tree of the store is shorter than it was.
    func check(_ store: SQLStore) async throws {
        for (name, marked) in try read() {
            let tree = TreeID(raw: name)
            let size = try await store.head(of: tree).size
            guard size >= marked else {
                throw CommandFailure(
                    .homeUnusable, "older_copy",
                    "the ledger `\(name)` has \(size) records, and \(marked) were signed here: an older copy of the "
                        + "database was put in its place",
                    hint: "put the newer database back, or bring an older state in with "
                        + (store.isShared
                            ? "`deputy restore --database-was-restored`" : "`deputy restore FILE --replace`")
                )
            }
        }
    }

    /// Written whole, or not at all.
    func write(_ sizes: [TreeID: Int64]) throws {
        let lines = [LedgerMark.first] + sizes.map { "\($0.value) \($0.key.raw)" }.sorted()
        try PrivateFile.replace(Array((lines.joined(separator: "\n") + "\n").utf8), at: paths.mark)
    }

    /// By the name of the tree. Empty before the first signature.
    func read() throws -> [(tree: String, size: Int64)] {
        guard FileManager.default.fileExists(atPath: paths.mark) else { return [] }
        let damaged = CommandFailure(
            .homeUnusable, "mark", "`\(paths.mark)` can't be read",
            hint: "restore it with the keys; without it an older copy of the database isn't noticed")
        guard let text = try? String(contentsOfFile: paths.mark, encoding: .utf8) else { throw damaged }
        let lines = text.split(separator: "\n")
        guard lines.first == Substring(LedgerMark.first) else { throw damaged }
        return try lines.dropFirst().map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let size = Int64(parts[0]) else { throw damaged }
            return (String(parts[1]), size)
        }
    }
}
