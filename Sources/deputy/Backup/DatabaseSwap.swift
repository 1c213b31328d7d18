import FoundationEssentials
import Gate
import Glibc
import Storage
import Wire

/// Puts a database that is ready in the place of the one that a home has.
struct DatabaseSwap {
    let paths: HomePaths
    /// Of the trees of the one that is ready.
    let heads: [TreeID: TreeHead]

    /// Until the swap both databases must be long enough for the mark.
    func prepare() throws {
        var status = stat()
        guard stat(paths.draft + "-wal", &status) != 0 || status.st_size == 0 else {
            throw CommandFailure(
                .homeUnusable, "files", "the restored database couldn't be brought into one file", hint: "try again")
        }
        let mark = LedgerMark(paths: paths)
        // What both have begins alike, and where they part nobody knows here.
        try mark.write(
            ((try? mark.read()) ?? []).compactMap { old in
                heads[old.tree].map { LedgerMark.Signed(tree: old.tree, size: min($0.size, old.size), root: nil) }
            })
    }

    /// - Returns: where the old database is now.
    func run(_ isThere: Bool) throws -> String? {
        let name = paths.database + ".replaced-" + Hex.encode(randomBytes(4))
        if isThere {
            guard link(paths.database, name) == 0 else { throw cannot("keep", paths.database) }
        }
        // A log that lies there, with its database or without, must never be read as one of the new.
        for end in ["-wal", "-shm"] where access(paths.database + end, F_OK) == 0 {
            var status = stat()
            let isEmpty = end == "-shm" || stat(paths.database + end, &status) == 0 && status.st_size == 0
            let isGone = isEmpty ? unlink(paths.database + end) : rename(paths.database + end, name + end)
            guard isGone == 0 else { throw cannot("move", paths.database + end) }
        }
        try PrivateFile.syncFolder(of: paths.database)
        guard rename(paths.draft, paths.database) == 0 else { throw cannot("replace", paths.database) }
        try PrivateFile.syncFolder(of: paths.database)
        return isThere ? name : nil
    }

    /// Opens what is there now, and compares it with what should be; from then on the mark is its own.
    func check(_ hold: HomeLock) async throws {
        let store = try Home.translating {
            try SQLStore.open(at: paths.database, under: hold, onLostWrite: Home.reportLostWrite)
        }
        for (tree, head) in heads {
            guard try await store.head(of: tree) == head else {
                throw CommandFailure(
                    .unproven, "restore", "the database that is there now isn't the one that was restored",
                    hint: "don't start the gateway; restore again into a new folder")
            }
        }
        try await store.close()
        try LedgerMark(paths: paths).write(heads)
    }

    private func cannot(_ verb: String, _ path: String) -> CommandFailure {
        CommandFailure(
            .homeUnusable, "files", "cannot \(verb) `\(path)`: \(String(cString: strerror(errno)).lowercased())")
    }
}
