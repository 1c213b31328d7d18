import Authority
import Broker
import FoundationEssentials
import Gate
import Gateway
import Glibc
import Logging
import Registry
import Storage
import Vault
import Wire

/// Brings a home back to what it was when a backup was made. What was handed out or waited then is void, and what was
/// taken away since stays taken away.
///
/// Nothing of the home changes until the restored database is whole, verified and on disk; then it takes the old one's
/// place at once, and that stays beside it.
struct HomeRestore {
    let paths: HomePaths
    let file: String
    let replaces: Bool

    private var draft: String { paths.database + ".restoring" }

    func run() async throws -> JSON {
        try Home.checkFolder(paths.root)
        try Home.checkFolder(paths.keys)
        let keys = try Home.unlocked { try KeyRing(file: paths.keyFile) }
        let hold = try Home.unlocked { try HomeLock(database: paths.database) }
        defer { hold.release() }
        let isThere = FileManager.default.fileExists(atPath: paths.database)
        guard !isThere || replaces else {
            throw CommandFailure(
                .homeUnusable, "exists", "`\(paths.root)` has a database already",
                hint: "with `--replace` the backup takes its place, and it is kept beside it")
        }
        clearDraft()
        defer { clearDraft() }
        try Home.unlocked { try keys.openBackup(file, to: draft) }
        let old = isThere ? await since(hold, keys) : nil
        let store = try Home.unlocked {
            try SQLiteStore.open(at: draft, under: hold, onLostWrite: Home.reportLostWrite)
        }
        let files = try await store.takeFiles()
        let world = SystemWorld.make(notBefore: try await store.lastLeafTime())
        var told: JSONObject
        var sizes: [TreeID: Int64] = [:]
        do {
            let home = try await Home.read(paths, store, keys)
            told = try await RestoredHome(home: home, world: world).settle(old, superseding: isThere ? marked() : [])
            for tree in try await store.trees() { sizes[tree] = try await store.head(of: tree).size }
            try await store.close()
        } catch {
            try? await store.close()
            throw error
        }
        // Until the swap both databases must be long enough for the mark, and after it the new one alone.
        let mark = LedgerMark(paths: paths)
        let marked = Dictionary(uniqueKeysWithValues: (try? mark.read()) ?? [])
        try mark.write(
            sizes.filter { marked[$0.key.raw] != nil }.reduce(into: [:]) { both, size in
                both[size.key] = min(size.value, marked[size.key.raw] ?? 0)
            })
        world.reached(.beforeRestore)
        told["replaced"] = try swap(isThere, world.now()).map { .string($0) } ?? .null
        try mark.write(sizes)
        told["kept"] = .array(try HomeFiles(paths: paths).write(files).map { .string($0) })
        return .object(told)
    }

    private func marked() -> [(tree: String, size: Int64)] { (try? LedgerMark(paths: paths).read()) ?? [] }

    /// What was taken away in the database that is replaced. Nil when it can't be read any more.
    private func since(_ hold: HomeLock, _ keys: KeyRing) async -> TakenAway? {
        guard let store = try? SQLiteStore.open(at: paths.database, under: hold, onLostWrite: { _ in }) else {
            return nil
        }
        let taken = try? await TakenAway(store, try await Home.read(paths, store, keys).organization, keys)
        try? await store.close()
        return taken
    }

    private func clearDraft() {
        for end in ["", "-wal", "-shm"] { unlink(draft + end) }
    }

    /// - Returns: where the old database is now.
    private func swap(_ isThere: Bool, _ now: Timestamp) throws -> String? {
        var status = stat()
        guard stat(draft + "-wal", &status) != 0 || status.st_size == 0 else {
            throw CommandFailure(
                .homeUnusable, "files", "the restored database couldn't be brought into one file", hint: "try again")
        }
        var aside: String?
        if isThere {
            let name = paths.database + ".replaced-\(now.microseconds / 1_000_000)"
            guard link(paths.database, name) == 0 else { throw cannot("keep", paths.database) }
            // The log of the old database must never be read as one of the new.
            for end in ["-wal", "-shm"] where access(paths.database + end, F_OK) == 0 {
                guard rename(paths.database + end, name + end) == 0 else { throw cannot("move", paths.database + end) }
            }
            aside = name
        }
        guard rename(draft, paths.database) == 0 else { throw cannot("replace", paths.database) }
        let folder = open(paths.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(folder) }
        guard folder >= 0, fsync(folder) == 0 else { throw cannot("sync", paths.root) }
        return aside
    }

    private func cannot(_ verb: String, _ path: String) -> CommandFailure {
        CommandFailure(
            .homeUnusable, "files", "cannot \(verb) `\(path)`: \(String(cString: strerror(errno)).lowercased())")
    }
}
