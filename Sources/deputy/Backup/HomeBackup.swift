import Authority
import Broker
import FoundationEssentials
import Gate
import Glibc
import Ledger
import Storage
import Vault
import Wire

/// Copies a home that is in use into one sealed file. The keys aren't in it: they are backed up apart.
struct HomeBackup {
    let home: Home
    let world: World

    /// - Throws: `BrokerError` that says which file can't be written, and why.
    func write(to path: String, by: String) async throws -> JSON {
        guard path.hasPrefix("/") else {
            throw BrokerError(.invalid, "`\(path)` isn't a whole path", hint: "start it with `/`")
        }
        guard access(path, F_OK) != 0 else {
            throw BrokerError(.refused, "`\(path)` exists already", hint: "name a file that isn't there yet")
        }
        let (files, skipped) = HomeFiles(paths: home.paths).read()
        let leaf = try Leaf(
            kind: .authority, time: world.now().microseconds,
            fields: ["change": "home.backed-up", "by": .string(by), "key": .string("\(home.keys.activeKey)")])
        try await home.store.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .system)]))
        let copy = home.paths.root + "/" + world.newID("backup") + ".sqlite"
        defer { unlink(copy) }
        do {
            try await home.store.backup(to: copy, with: files)
            try home.keys.sealBackup(copy, to: path)
        } catch let error as StorageError {
            throw BrokerError(.unavailable, error.message, hint: error.hint)
        } catch let error as VaultError {
            throw BrokerError(.unavailable, error.message, hint: error.hint)
        }
        var status = stat()
        return [
            "file": .string(path), "bytes": .number(JSONNumber(lstat(path, &status) == 0 ? status.st_size : 0)),
            "key": .string("\(home.keys.activeKey)"), "files": .number(JSONNumber(files.count)),
            "skipped": .array(skipped.map { .string($0) }),
        ]
    }
}
