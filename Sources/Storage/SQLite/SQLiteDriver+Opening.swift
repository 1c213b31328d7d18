import Foundation
import GRDB
import Glibc

extension SQLiteDriver {
    /// Before SQLite opens it: the files that SQLite puts beside it get the mode that this one has then.
    static func makePrivate(_ path: String) throws {
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw StorageError(
                .unreadable, "`\(path)` can't be opened: \(String(cString: strerror(errno)))",
                hint: "the home's files belong to the user who runs this, and lie where that user may write")
        }
        defer { Glibc.close(file) }
        guard fchmod(file, 0o600) == 0 else {
            throw StorageError(.unreadable, "`\(path)` can't be closed to others", hint: "make yourself its owner")
        }
    }

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        return configuration
    }

    static var readOnly: Configuration {
        var configuration = configuration
        configuration.readonly = true
        return configuration
    }

    /// GRDB sets `synchronous = NORMAL` when it opens a pool, which a power cut can undo. So it is set after that, read
    /// back, and without it nothing starts.
    static func makeDurable(_ pool: DatabasePool, _ settings: StoreSettings) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = \(settings.synchronous)")
            if let pages = settings.maximumPages { try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
            let level = try Int.fetchOne(db, sql: "PRAGMA synchronous")
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            guard level == 2, mode == "wal" else {
                throw StorageError(
                    .notDurable,
                    "the store isn't durable: synchronous is \(level ?? -1), journal mode is \(mode ?? "none")",
                    hint: "keep the home on a local disk")
            }
        }
    }

    static func migrate(_ pool: DatabasePool, _ all: [Migrations.Migration]) throws {
        // By the writer: a reader that looked before would still know the columns of before, and answer without the new ones.
        let done = try pool.write { db in
            try db.execute(sql: Migrations.table)
            return try SQLiteSession(db: db).fetch(Migrations.done, [])
        }
        for migration in try Migrations.missing(of: all, after: done) {
            try pool.write { db in
                for statement in migration.statements + migration.embedded { try db.execute(sql: statement) }
                try SQLiteSession(db: db).execute(Migrations.note, migration.values(at: Date()).bound())
            }
        }
    }
}
