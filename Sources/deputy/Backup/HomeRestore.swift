import Authority
import FoundationEssentials
import Gate
import Ledger
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
    /// Goes on where nobody can tell what was taken away since.
    let forgets: Bool
    let asker: KeyAnswers

    func run() async throws -> JSON {
        guard try SharedDatabase.url(of: paths) == nil else {
            throw CommandFailure(
                .homeUnusable, "shared",
                "`\(paths.root)` keeps its store in a shared database, which no backup replaces",
                hint: "bring the database back with its own tools, and run `deputy restore --database-was-restored`")
        }
        try checkFolders()
        let hold = try Home.translating { try HomeLock(database: paths.database) }
        defer { hold.release() }
        let keys = try await keys()
        let isThere = FileManager.default.fileExists(atPath: paths.database)
        guard !isThere || replaces else {
            throw CommandFailure(
                .homeUnusable, "exists", "`\(paths.root)` has a database already",
                hint: "with `--replace` the backup takes its place, and it is kept beside it")
        }
        try Home.translating { try keys.checkBackup(file) }
        Home.clearLeftovers(paths)
        defer { Home.clearLeftovers(paths) }
        try Home.translating { try keys.openBackup(file, to: paths.draft) }
        let old = isThere ? try await since(hold, keys) : nil
        let settled = try await settle(hold, keys, old)
        var told = settled.told
        // They only add to what is there: were the restore to end here, nothing would be lost.
        told["kept"] = .array(HomeFiles(paths: paths).write(settled.files).map { .string($0) })
        let swap = DatabaseSwap(paths: paths, heads: settled.heads)
        try swap.prepare()
        settled.world.reached(.beforeRestore)
        told["replaced"] = try swap.run(isThere).map { .string($0) } ?? .null
        try await swap.check(hold)
        return .object(told)
    }

    /// The home's own, or those that the backup brings along for a home without.
    private func keys() async throws -> KeyRing {
        guard !FileManager.default.fileExists(atPath: paths.keyFile) else {
            return try await Home.keys(paths, asking: asker)
        }
        let (paths, file, asker) = (paths, file, asker)
        let taken = try await Home.opening { () throws(VaultError) in
            try KeyRing.taking(from: file, to: paths.keyFile, asking: asker)
        }
        if let taken { return taken }
        return try await Home.keys(paths, asking: asker)
    }

    private func checkFolders() throws {
        for folder in [paths.root, paths.keys] where !FileManager.default.fileExists(atPath: folder) {
            throw CommandFailure(
                .homeUnusable, "no_home", "`\(folder)` isn't there",
                hint:
                    "make it with `install -d -m 700 \(paths.root) \(paths.keys)`, and put the home's key file at "
                    + "`\(paths.keyFile)`, unless it is sealed: the backup brings it along then")
        }
        try HomeFolder.check(paths.root)
        try HomeFolder.check(paths.keys)
    }

    /// What was taken away in the database that is replaced. Where that can't be told, it is said rather than forgotten.
    private func since(_ hold: HomeLock, _ keys: KeyRing) async throws -> TakenAway? {
        do {
            let store = try SQLStore.open(at: paths.database, under: hold, onLostWrite: { _ in })
            do {
                try await LedgerMark(paths: paths).check(store)
                let home = try await Home.read(paths, store, keys)
                let taken = try await TakenAway(home)
                try await store.close()
                return taken
            } catch {
                try? await store.close()
                throw error
            }
        } catch {
            guard forgets else { throw unreadable(error) }
            return nil
        }
    }

    private func unreadable(_ error: any Error) -> CommandFailure {
        let reason: String =
            switch error {
            case let error as CommandFailure: error.message
            case let error as StorageError: error.message
            case let error as LedgerFault: error.message
            default: "it can't be read"
            }
        return CommandFailure(
            .homeUnusable, "unreadable",
            "the database that would be replaced doesn't tell what was revoked since the backup: \(reason)",
            hint: "put it right first; or go on with `--forget-what-was-revoked`, and revoke and suspend anew yourself")
    }

    private struct Settled {
        var told: JSONObject
        let heads: [TreeID: TreeHead]
        let files: [HomeFile]
        let world: World
    }

    private func settle(_ hold: HomeLock, _ keys: KeyRing, _ old: TakenAway?) async throws -> Settled {
        let store = try Home.translating {
            try SQLStore.open(at: paths.draft, under: hold, onLostWrite: Home.reportLostWrite)
        }
        do {
            let files = try await store.takeFiles()
            let world = SystemWorld.make(notBefore: try await store.lastLeafTime())
            let home = try await Home.read(paths, store, keys)
            let told = try await RestoredHome(home: home, world: world).settle(
                old, superseding: ((try? LedgerMark(paths: paths).read()) ?? []).map { ($0.tree.raw, $0.size) })
            var heads: [TreeID: TreeHead] = [:]
            for tree in try await store.trees() { heads[tree] = try await store.head(of: tree) }
            try await store.close()
            return Settled(told: told, heads: heads, files: files, world: world)
        } catch {
            try? await store.close()
            throw error
        }
    }
}
