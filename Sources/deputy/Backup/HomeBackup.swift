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
    let keys: KeyDesk
    let world: World

    /// - Throws: `BrokerError` that says which file can't be written, and why.
    func write(to path: String, by: String) async throws -> JSON {
        try check(path)
        let made = try await keys.unchanged { () async throws(BrokerError) in try await seal(to: path) }
        let leaf = try Leaf(
            kind: .authority, time: world.now().microseconds,
            fields: [
                "change": "home.backed-up", "by": .string(by), "key": .string("\(home.keys.activeKey)"),
                "bytes": .number(JSONNumber(made.bytes)),
            ])
        try await home.store.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .system)]))
        return [
            "file": .string(path), "bytes": .number(JSONNumber(made.bytes)),
            "key": .string("\(home.keys.activeKey)"), "files": .number(JSONNumber(made.files)),
            "skipped": .array(made.skipped.map { .string($0) }),
        ]
    }

    private struct Made {
        let bytes: Int
        let files: Int
        let skipped: [String]
    }

    private func check(_ path: String) throws(BrokerError) {
        guard path.hasPrefix("/"), let end = path.lastIndex(of: "/") else {
            throw BrokerError(.invalid, "`\(path)` isn't a whole path", hint: "start it with `/`")
        }
        guard access(path, F_OK) != 0 else {
            throw BrokerError(.refused, "`\(path)` exists already", hint: "name a file that isn't there yet")
        }
        let folder = end == path.startIndex ? "/" : String(path[..<end])
        guard access(folder, W_OK) == 0 else {
            throw BrokerError(
                .refused, "`\(folder)` isn't a folder that the gateway may write to", hint: "name a file in one that is"
            )
        }
        var disk = statvfs()
        guard statvfs(home.paths.root, &disk) == 0,
            size(home.paths.database) + size(home.paths.database + "-wal")
                < Int(disk.f_bavail) * Int(disk.f_frsize)
        else {
            throw BrokerError(
                .refused, "there is no room for a copy of the database in `\(home.paths.root)`",
                hint: "it is made there first, and then sealed into the backup")
        }
    }

    private func seal(to path: String) async throws(BrokerError) -> Made {
        let (files, skipped) = HomeFiles(paths: home.paths).read()
        defer { unlink(home.paths.copy) }
        unlink(home.paths.copy)
        do {
            try await home.store.backup(to: home.paths.copy, with: files)
            try home.keys.sealBackup(home.paths.copy, to: path)
        } catch let error as StorageError {
            throw BrokerError(.unavailable, error.message, hint: error.hint)
        } catch let error as VaultError {
            throw BrokerError(.unavailable, error.message, hint: error.hint)
        } catch {
            throw BrokerError(.unavailable, "the database can't be copied", hint: "see `deputy doctor`")
        }
        return Made(bytes: size(path), files: files.count, skipped: skipped)
    }

    private func size(_ path: String) -> Int {
        var status = stat()
        return lstat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
