/// One SQL text in the dialect that both databases take.
///
/// SQLite numbers `$n` by first appearance, whatever `n` says, so placeholders must first appear in their order; then
/// binding by position means the same in both.
struct Query: Sendable {
    let sql: String
    /// The same for PostgreSQL alone: where it has no row to answer with, it divides by zero, which ends the transaction
    /// without anybody having to look at the answer.
    let failingWithoutRow: String

    /// What the parts make together. Each is written in the program, so that nothing from outside becomes SQL.
    init(_ parts: StaticString...) {
        sql = parts.map(\.description).joined()
        failingWithoutRow = "WITH changed AS (\(self.sql)) SELECT 1 / count(*) FROM changed"
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
}

extension [any Storable] {
    /// The parameters as the drivers bind them.
    ///
    /// GRDB binds a text up to its first NUL, so that `ann\0x` would find, and overwrite, the row of `ann`. PostgreSQL
    /// takes no NUL at all. Such a text is refused.
    func bound() throws(StorageError) -> [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(count)
        for item in self {
            let value = item.sqlValue
            if case .text(let text) = value, text.utf8.contains(0) {
                throw StorageError(.badText, "a text with a NUL character can't be stored")
            }
            values.append(value)
        }
        return values
    }
}
