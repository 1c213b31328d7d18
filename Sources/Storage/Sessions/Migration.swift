import Foundation
import Wire

extension Migrations {
    struct Migration: Sendable {
        let name: String
        let statements: [String]
        /// What only an embedded database is told.
        var embedded: [String] = []
        /// What only a shared one is told.
        var shared: [String] = []

        /// What notes it, done at this time.
        func values(at time: Date) -> [any Storable] {
            [name, checksum, Int64(time.timeIntervalSince1970 * 1_000_000)]
        }

        var checksum: String {
            Digest.sha256(of: Array((statements + embedded + shared).joined(separator: ";\n").utf8)).hex
        }
    }

    static let table = """
        CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, at BIGINT NOT NULL)
        """
    static let done = Query("SELECT name, checksum FROM migrations ORDER BY name")
    static let note = Query("INSERT INTO migrations (name, checksum, at) VALUES ($1, $2, $3)")

    /// Those that a database still lacks. Each is run in a transaction of its own, and noted in it.
    ///
    /// - Throws: `StorageError` when the schema is newer than this binary, or a migration isn't the one that was run.
    static func missing(of all: [Migration], after done: [Row]) throws -> [Migration] {
        var names: Set<String> = []
        for row in done {
            let name: String = try row["name"]
            guard let known = all.first(where: { $0.name == name }) else {
                throw StorageError(
                    .newer, "this home was used by a newer version: it has the migration `\(name)`",
                    hint: "use that version, or restore a backup from before")
            }
            guard known.checksum == (try row["checksum"] as String) else {
                throw StorageError(
                    .altered, "the migration `\(name)` isn't the one that this home was made with",
                    hint: "use the version that made it")
            }
            names.insert(name)
        }
        return all.filter { !names.contains($0.name) }
    }
}
