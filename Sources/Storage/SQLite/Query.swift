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
            guard let number = Int(String(decoding: digits, as: UTF8.self)), (1...next).contains(number) else {
                return false
            }
            if number == next { next += 1 }
        }
        return true
    }

    func run(_ db: Database, _ values: [(any DatabaseValueConvertible)?] = []) throws {
        let arguments = try Query.arguments(values)
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func rows(_ db: Database, _ values: [(any DatabaseValueConvertible)?] = []) throws -> [Row] {
        let arguments = try Query.arguments(values)
        return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func row(_ db: Database, _ values: [(any DatabaseValueConvertible)?]) throws -> Row? {
        let arguments = try Query.arguments(values)
        return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }

    /// GRDB binds a text up to its first NUL, so that `ann\0x` would find, and overwrite, the row of `ann`. PostgreSQL
    /// takes no NUL at all. Such a text is refused.
    private static func arguments(_ values: [(any DatabaseValueConvertible)?]) throws -> StatementArguments {
        // Converted here, once; the array stays one of optional existentials because GRDB's initialiser for other
        // sequences makes a key path at each call, which was a fifth of a commit's CPU time.
        let bound: [(any DatabaseValueConvertible)?] = try values.map { value in
            let bound = value?.databaseValue ?? .null
            if case .string(let text) = bound.storage, text.utf8.contains(0) {
                throw StorageError(.badText, "a text with a NUL character can't be stored")
            }
            return bound
        }
        return StatementArguments(bound)
    }
}
