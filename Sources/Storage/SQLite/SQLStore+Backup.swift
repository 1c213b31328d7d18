import Foundation
import GRDB
import Glibc

/// A file of the home that a backup holds beside the store: its path in the home, and what is in it.
public struct HomeFile: Sendable, Hashable {
    public let path: String
    public let bytes: [UInt8]

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

extension SQLStore {
    private static let makeFiles = Query("CREATE TABLE files (path TEXT PRIMARY KEY, bytes BLOB NOT NULL)")
    private static let addFile = Query("INSERT INTO files (path, bytes) VALUES ($1, $2)")
    private static let allFiles = Query("SELECT path, bytes FROM files ORDER BY path")
    private static let dropFiles = Query("DROP TABLE files")

    /// Copies the store as it is now into a new file, while it is in use, with the files of the home in a table of their
    /// own. Readable by its owner alone.
    ///
    /// - Throws: `StorageError` when the file exists or can't be written.
    public func backup(to path: String, with files: [HomeFile]) async throws {
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw StorageError(
                .unreadable, "`\(path)` can't be made",
                hint: "name a file that isn't there, in a folder that you may write to")
        }
        Glibc.close(file)
        do {
            let copy = try DatabaseQueue(path: path)
            try embedded().pool.backup(to: copy)
            try await copy.write { db in
                try db.execute(sql: SQLStore.makeFiles.sql)
                for file in files {
                    try SQLiteSession(db: db).execute(SQLStore.addFile, [.text(file.path), .bytes(file.bytes)])
                }
            }
            let verdict = try await copy.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
            try copy.close()
            guard verdict == "ok" else { throw StorageError(.corrupt, "the copy doesn't pass SQLite's own check") }
        } catch {
            for end in ["", "-wal", "-shm", "-journal"] { unlink(path + end) }
            throw (error as? StorageError)
                ?? StorageError(.unreadable, "`\(path)` can't be written", hint: "is there room on the disk?")
        }
    }

    /// The files that came with a backup. They are taken out of the store, so that it is as it was.
    public func takeFiles() async throws -> [HomeFile] {
        try await embedded().pool.write { db in
            guard try db.tableExists("files") else { return [] }
            let session = SQLiteSession(db: db)
            let files = try session.fetch(SQLStore.allFiles, []).map {
                HomeFile(path: try $0["path"], bytes: try $0["bytes"])
            }
            // By GRDB itself, which remembers what tables there are.
            try db.execute(sql: SQLStore.dropFiles.sql)
            return files
        }
    }

    private func embedded() throws(StorageError) -> SQLiteDriver {
        guard let driver = driver as? SQLiteDriver else {
            throw StorageError(
                .otherDatabase, "a shared database isn't backed up by its gateways", hint: "back it up with `pg_dump`")
        }
        return driver
    }
}
