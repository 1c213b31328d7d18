import Foundation
import GRDB
import PostgreSQL
import Wire

/// What was copied into a shared database, by table.
public struct MovedStore: Sendable {
    public let rows: [(table: String, count: Int)]
}

extension SQLStore {
    /// Copies an embedded store into an empty shared database, all of it in one transaction, and compares every row there
    /// with what was read here before it commits.
    ///
    /// - Throws: `StorageError` when the database isn't empty, can't be used, or differs in the end; it is then as it was.
    public func move(toDatabaseAt url: String) async throws -> MovedStore {
        try await move(to: try StorageError.translating { () throws(PostgreSQLError) in try DatabaseURL(url) })
    }

    func move(to url: DatabaseURL) async throws -> MovedStore {
        guard let source = driver as? SQLiteDriver else {
            throw StorageError(.otherDatabase, "this store is in a shared database already")
        }
        await queue.close()
        let target = try await SharedDriver.open(url, name: "move", StoreSettings())
        do {
            let moved = try await StoreMove(source: source, target: target).run()
            try await target.close()
            return moved
        } catch {
            try? await target.close()
            throw (error as? PostgreSQLError).map { StorageError(database: $0) } ?? error
        }
    }
}

private struct StoreMove {
    let source: SQLiteDriver
    let target: SharedDriver

    private struct Table {
        let name: String
        let columns: [String]
        let key: [String]
    }

    /// What belongs to the database itself and not to the home.
    private static let left: Set<String> = ["migrations", "gateways", "sequencers"]
    /// The full-text index and its own tables: the other database has one of its own kind.
    private static let embeddedIndex = "memory_words"
    private static let batch = 500

    func run() async throws -> MovedStore {
        let tables = try await source.pool.read(StoreMove.tables)
        return try await SharedDriver.patiently(target.url) { connection in
            try connection.send("BEGIN")
            var rows: [(table: String, count: Int)] = []
            for table in tables {
                let there = try await connection.query("SELECT 1 FROM \(table.name) LIMIT 1")
                guard there.rows.isEmpty else {
                    throw StorageError(
                        .otherDatabase, "the database isn't empty: `\(table.name)` has rows",
                        hint: "name a database that nothing uses")
                }
                let sent = try await copy(table, to: connection)
                let found = try await fingerprint(of: table, in: connection)
                guard sent == found else {
                    throw StorageError(
                        .corrupt, "`\(table.name)` differs in the database: \(found.count) rows of \(sent.count)")
                }
                rows.append((table.name, sent.count))
            }
            try await connection.execute("COMMIT")
            return MovedStore(rows: rows)
        }
    }

    private struct Fingerprint: Equatable {
        var count = 0
        var hash = Digest.sha256(of: [])

        mutating func add(_ values: [SQLValue]) {
            var bytes = hash.bytes
            for value in values {
                switch value {
                case .null: bytes.append(0)
                case .integer(let number): bytes += [1] + withUnsafeBytes(of: number.bigEndian, Array.init)
                case .text(let text): bytes += [2] + Digest.sha256(of: Array(text.utf8)).bytes
                case .bytes(let value): bytes += [3] + Digest.sha256(of: value).bytes
                }
            }
            hash = Digest.sha256(of: bytes)
            count += 1
        }
    }

    private func copy(_ table: Table, to connection: PostgreSQLConnection) async throws -> Fingerprint {
        let places = (1...table.columns.count).map { "$\($0)" }.joined(separator: ", ")
        let insert = "INSERT INTO \(table.name) (\(table.columns.joined(separator: ", "))) VALUES (\(places))"
        var fingerprint = Fingerprint()
        var last: [SQLValue]?
        while true {
            let rows = try await page(of: table, after: last)
            for row in rows {
                fingerprint.add(row)
                try connection.send(insert, row.map(\.parameter))
            }
            try await connection.sync()
            guard rows.count == StoreMove.batch else { return fingerprint }
            last = rows.last
        }
    }

    private func page(of table: Table, after last: [SQLValue]?) async throws -> [[SQLValue]] {
        let key = table.key.compactMap { name in last?[table.columns.firstIndex(of: name) ?? 0] }
        let places = key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let rest = key.isEmpty ? "" : "(\(table.key.joined(separator: ", "))) > (\(places))"
        let sql = select(table, rest) + " LIMIT \(StoreMove.batch)"
        return try await source.pool.read { db in
            try SQLiteSession(db: db).fetch(sql, key).map(\.values)
        }
    }

    private func fingerprint(of table: Table, in connection: PostgreSQLConnection) async throws -> Fingerprint {
        var fingerprint = Fingerprint()
        try connection.send("DECLARE moved CURSOR FOR " + select(table))
        while true {
            let answer = try await connection.query("FETCH \(StoreMove.batch) FROM moved")
            for row in answer.rows { fingerprint.add(row.map(SQLValue.init)) }
            if answer.rows.count < StoreMove.batch { break }
        }
        try connection.send("CLOSE moved")
        return fingerprint
    }

    private func select(_ table: Table, _ rest: String = "") -> String {
        let columns = table.columns.joined(separator: ", ")
        let condition = rest.isEmpty ? "" : " WHERE \(rest)"
        return "SELECT \(columns) FROM \(table.name)\(condition) ORDER BY \(table.key.joined(separator: ", "))"
    }

    @Sendable private static func tables(_ db: Database) throws -> [Table] {
        let names = try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
        return try names.filter { !left.contains($0) && !$0.hasPrefix(embeddedIndex) }.map { name in
            Table(
                name: name, columns: try db.columns(in: name).map(\.name), key: try db.primaryKey(name).columns)
        }
    }
}
