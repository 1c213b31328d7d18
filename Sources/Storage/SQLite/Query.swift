import Foundation
import GRDB

/// One SQL text in the dialect that PostgreSQL takes too.
///
/// SQLite numbers `$n` by first appearance, whatever `n` says, so placeholders must first appear in their order; then
/// binding by position means the same in both.
struct Query: Sendable {
    let sql: String

    init(_ sql: StaticString) {
        self.sql = sql.description
        precondition(Query.isInOrder(self.sql), "placeholders must first appear in their order")
    }

    static func isInOrder(_ sql: String) -> Bool {
        var next = 1
        var rest = sql.utf8[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            rest = rest[rest.index(after: dollar)...]
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let number = Int(String(decoding: digits, as: UTF8.self)), number <= next else { return false }
            if number == next { next += 1 }
        }
        return true
    }

    func run(_ db: Database, _ values: [(any DatabaseValueConvertible)?]) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
    }

    func rows(_ db: Database, _ values: [(any DatabaseValueConvertible)?] = []) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: StatementArguments(values))
    }

    func row(_ db: Database, _ values: [(any DatabaseValueConvertible)?]) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: StatementArguments(values))
    }
}
