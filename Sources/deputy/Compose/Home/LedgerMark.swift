import FoundationEssentials
import Gate
import Glibc
import Storage
import Wire

/// How far each tree was signed, kept beside the keys and so apart from the database: an older copy of that, put in its
/// place, has less, and one that went another way since has another root. One line a tree: size, root and name.
struct LedgerMark {
    struct Signed {
        let tree: TreeID
        let size: Int64
        /// Nil where only the size is known.
        let root: Digest?

        var message: String { ForkedTree(tree: tree, signed: size, found: size).description }
    }

    let paths: HomePaths

    private static let first = "deputy-mark-v2"
    /// Sizes and names alone.
    private static let firstWithoutRoots = "deputy-mark-v1"
    private static let noRoot = "-"

    /// - Throws: `CommandFailure` when a tree of the store is shorter than it was.
    func check(_ store: SQLStore) async throws {
        for signed in try read() {
            let size = try await store.head(of: signed.tree).size
            guard size >= signed.size else {
                throw CommandFailure(
                    .homeUnusable, "older_copy",
                    "the ledger `\(signed.tree.raw)` has \(size) records, and \(signed.size) were signed here: an older "
                        + "copy of the database was put in its place",
                    hint: "put the newer database back, or bring an older state in with "
                        + (store.isShared
                            ? "`deputy restore --database-was-restored`" : "`deputy restore FILE --replace`")
                )
            }
        }
    }

    /// A tree that doesn't begin with what was signed here: an older copy of it went on another way. Where hashes are
    /// missing nothing is said; verifying names the place.
    func forked(in store: SQLStore) async throws -> Signed? {
        let prover = LedgerProver(store: store)
        for signed in try read() {
            guard let root = signed.root, let now = try? await prover.root(of: signed.tree, at: signed.size) else {
                continue
            }
            if now != root { return signed }
        }
        return nil
    }

    /// What is known in full.
    func heads() throws -> [TreeID: TreeHead] {
        let known = try read().compactMap { signed in
            signed.root.map { (signed.tree, TreeHead(size: signed.size, root: $0)) }
        }
        return Dictionary(known, uniquingKeysWith: { $1 })
    }

    func write(_ heads: [TreeID: TreeHead]) throws {
        try write(heads.map { Signed(tree: $0.key, size: $0.value.size, root: $0.value.root) })
    }

    /// Written whole, or not at all.
    func write(_ all: [Signed]) throws {
        let lines = all.map { "\($0.size) \($0.root?.hex ?? LedgerMark.noRoot) \($0.tree.raw)" }.sorted()
        let text = ([LedgerMark.first] + lines).joined(separator: "\n") + "\n"
        try PrivateFile.replace(Array(text.utf8), at: paths.mark)
    }

    /// Empty before the first signature.
    func read() throws -> [Signed] {
        guard FileManager.default.fileExists(atPath: paths.mark) else { return [] }
        let damaged = CommandFailure(
            .homeUnusable, "mark", "`\(paths.mark)` can't be read",
            hint: "restore it with the keys; without it an older copy of the database isn't noticed")
        guard let text = try? String(contentsOfFile: paths.mark, encoding: .utf8) else { throw damaged }
        let lines = text.split(separator: "\n")
        let hasRoots = lines.first == Substring(LedgerMark.first)
        guard hasRoots || lines.first == Substring(LedgerMark.firstWithoutRoots) else { throw damaged }
        return try lines.dropFirst().map { line in
            let parts = line.split(separator: " ", maxSplits: hasRoots ? 2 : 1).map(String.init)
            guard parts.count == (hasRoots ? 3 : 2), let size = Int64(parts[0]), let name = parts.last else {
                throw damaged
            }
            let root =
                hasRoots && parts[1] != LedgerMark.noRoot ? Hex.decode(parts[1]).flatMap(Digest.init(bytes:)) : nil
            guard !hasRoots || parts[1] == LedgerMark.noRoot || root != nil else { throw damaged }
            return Signed(tree: TreeID(raw: name), size: size, root: root)
        }
    }
}
