import Gate
import Storage
import Wire

/// Goes on from a shared database that its own tools brought back to an earlier state. What was handed out or waited then
/// is void.
struct SharedRestore {
    let paths: HomePaths
    let asker: KeyAnswers

    func run() async throws -> JSON {
        guard let url = try SharedDatabase.url(of: paths) else {
            throw CommandFailure(
                .homeUnusable, "no_database", "`\(paths.root)` names no shared database",
                hint: "name a backup: `deputy restore FILE`")
        }
        try HomeFolder.check(paths.root)
        try HomeFolder.check(paths.keys)
        let hold = try Home.translating { try HomeLock(database: paths.database) }
        let keys = try await Home.keys(paths, asking: asker)
        let store = try await SharedDatabase.open(url, paths, hold)
        do {
            let told = try await settle(store, try await Home.read(paths, store, keys))
            try await store.close()
            return .object(told)
        } catch {
            try? await store.close()
            throw error
        }
    }

    private func settle(_ store: SQLStore, _ home: Home) async throws -> JSONObject {
        let mark = LedgerMark(paths: paths)
        let world = SystemWorld.make(notBefore: try await store.lastLeafTime())
        let told = try await RestoredHome(home: home, world: world).settle(
            nil, superseding: ((try? mark.read()) ?? []).map { ($0.tree.raw, $0.size) })
        var heads: [TreeID: TreeHead] = [:]
        for tree in try await store.trees() { heads[tree] = try await store.head(of: tree) }
        try mark.write(heads)
        return told
    }
}
