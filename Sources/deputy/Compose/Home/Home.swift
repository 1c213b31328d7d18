import Authority
import Broker
import FoundationEssentials
import Gate
import Glibc
import Storage
import Vault
import Wire

/// A home that this process holds: its store and its keys.
struct Home {
    let paths: HomePaths
    let store: SQLStore
    let keys: KeyRing
    let fingerprints: Fingerprints
    let ledger: LedgerKeys
    let organization: OrganizationID
    let isDemo: Bool
    let origins: [ProviderID: String]
    /// How the world reaches its gateway, unless `serve` is told otherwise.
    let publicURL: String?

    /// Names under which the store keeps what belongs to the home as a whole.
    private enum Name {
        static let home = "home"
        static let organization = "organization"
        static let demo = "demo"
        static let origins = "origins"
        static let publicURL = "public-url"
    }

    /// Makes an empty home. The folder may exist, if it is empty.
    static func create(
        _ paths: HomePaths, organization: OrganizationID, origins: [ProviderID: String],
        publicURL: String? = nil, isDemo: Bool, keys kept: NewKeys = NewKeys()
    ) async throws -> Home {
        guard !FileManager.default.fileExists(atPath: paths.database) else {
            throw CommandFailure(.homeUnusable, "exists", "`\(paths.root)` is a home already")
        }
        for folder in [paths.root, paths.keys, paths.providers] { try HomeFolder.make(folder) }
        let keys = try await opening { () throws(VaultError) in
            try KeyRing.create(at: paths.keyFile, source: kept.source, cost: kept.cost, asking: kept.asker)
        }
        let store = try translating { try SQLStore.open(at: paths.database, onLostWrite: Home.reportLostWrite) }
        let name = "deputy.local/" + Hex.encode(randomBytes(8))
        try await store.keep(Array(name.utf8), as: Name.home)
        try await store.keep(try keys.makeCanary(), as: SealedValue.canary.rawValue)
        for (value, count) in [(SealedValue.ledgerSeed, 32), (.fingerprints, Fingerprints.keyBytes)] {
            try await store.keep(
                try keys.sealPayload(randomBytes(count), id: value.sealID), as: value.rawValue)
        }
        try await store.keep(Array(organization.raw.utf8), as: Name.organization)
        try await store.keep(
            JSON.object(JSONObject(origins.map { ($0.key.raw, .string($0.value)) })).bytes(), as: Name.origins)
        if let publicURL { try await store.keep(Array(publicURL.utf8), as: Name.publicURL) }
        if isDemo { try await store.keep(Array("demo".utf8), as: Name.demo) }
        return try await read(paths, store, keys)
    }

    /// Opens a home and holds it: no other process on this machine can until it is closed.
    ///
    /// - Parameter database: the URL of a shared database, when it isn't the one that the home names.
    /// - Throws: `CommandFailure` that says what is missing, open to others or wrong, and the way out.
    static func open(
        _ paths: HomePaths, asking asker: any KeyAsker, database: String? = nil
    ) async throws -> Home {
        let shared = try database ?? SharedDatabase.url(of: paths)
        guard shared != nil || FileManager.default.fileExists(atPath: paths.database) else {
            throw HomeFolder.missing(paths)
        }
        try HomeFolder.check(paths, isShared: shared != nil)
        let hold = try translating { try HomeLock(database: paths.database) }
        clearLeftovers(paths)
        let keys = try await keys(paths, asking: asker)
        let store: SQLStore
        if let shared {
            store = try await SharedDatabase.open(shared, paths, hold)
        } else {
            store = try translating {
                try SQLStore.open(at: paths.database, takingOver: hold, onLostWrite: Home.reportLostWrite)
            }
        }
        do {
            if store.isShared, try await store.value(Name.home) == nil { throw unfinished(paths, isShared: true) }
            try await LedgerMark(paths: paths).check(store)
            let home = try await read(paths, store, keys)
            if store.isShared { try await store.tell(keys: keys.keyStates.map { "\($0.id)" }) }
            return home
        } catch {
            try? await store.close()
            throw error
        }
    }

    /// The home that a store and its keys are.
    ///
    /// - Throws: `CommandFailure` when they don't belong together.
    static func read(_ paths: HomePaths, _ store: SQLStore, _ keys: KeyRing) async throws -> Home {
        guard let canary = try await store.value(SealedValue.canary.rawValue),
            let name = try await store.value(Name.home),
            let seed = try await store.value(SealedValue.ledgerSeed.rawValue),
            let fingerprints = try await store.value(SealedValue.fingerprints.rawValue),
            let organization = try await store.value(Name.organization)
        else { throw unfinished(paths, isShared: store.isShared) }
        try translating { try keys.checkCanary(canary) }
        let origins = try await store.value(Name.origins).flatMap { try JSON.parse($0).objectValue } ?? [:]
        return Home(
            paths: paths, store: store, keys: keys,
            fingerprints: Fingerprints(
                key: try translating { try keys.openPayload(fingerprints, id: SealedValue.fingerprints.sealID) }),
            ledger: LedgerKeys(
                name: String(decoding: name, as: UTF8.self),
                seed: try translating { try keys.openPayload(seed, id: SealedValue.ledgerSeed.sealID) }),
            organization: OrganizationID(String(decoding: organization, as: UTF8.self)),
            isDemo: try await store.value(Name.demo) != nil,
            origins: Dictionary(
                uniqueKeysWithValues: origins.members.compactMap { member in
                    member.value.stringValue.map { (ProviderID(member.key), $0) }
                }),
            publicURL: try await store.value(Name.publicURL).map { String(decoding: $0, as: UTF8.self) })
    }

    private static func unfinished(_ paths: HomePaths, isShared: Bool) -> CommandFailure {
        isShared
            ? CommandFailure(
                .homeUnusable, "no_home", "the database holds no home",
                hint: "name the database of this home, or move a home there with `deputy migrate-store --to URL`")
            : CommandFailure(
                .homeUnusable, "half_made", "the home at `\(paths.root)` was never finished",
                hint: "remove the folder and make it again with `deputy init`")
    }

    /// What an interrupted backup or restore left: copies of the database that nobody needs.
    static func clearLeftovers(_ paths: HomePaths) {
        for path in [paths.copy, paths.draft] {
            for end in ["", "-wal", "-shm", "-journal"] { unlink(path + end) }
        }
        unlink(paths.keyDraft)
    }

    /// The keys of the home, which its source is asked for.
    static func keys(_ paths: HomePaths, asking asker: any KeyAsker) async throws -> KeyRing {
        try await opening { () throws(VaultError) in try KeyRing(file: paths.keyFile, asking: asker) }
    }

    /// A source of keys may block as long as it likes.
    static func opening<Value: Sendable>(
        _ body: @escaping @Sendable () throws(VaultError) -> Value
    ) async throws -> Value {
        do throws(VaultError) {
            return try await onOwnThread(body)
        } catch {
            throw CommandFailure(.homeUnusable, error.code.rawValue, error.message, hint: error.hint)
        }
    }

    /// Errors of the vault and the store, as a command tells them.
    static func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as VaultError {
            throw CommandFailure(.homeUnusable, error.code.rawValue, error.message, hint: error.hint)
        } catch let error as StorageError {
            throw CommandFailure(.homeUnusable, error.code.rawValue, error.message, hint: error.hint)
        }
    }

    @Sendable static func reportLostWrite(_ reason: String) {
        FileHandleOutput.standardError("deputy: error: a write was lost: \(reason)\n")
    }
}
