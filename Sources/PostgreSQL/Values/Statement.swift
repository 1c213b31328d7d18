/// A statement with its parameters in the wire's binary form, checked before anything is sent.
struct Statement: Sendable {
    let sql: String
    let parameters: Parameters
    let kind: StatementKind
    /// Whether somebody reads its rows; otherwise they aren't decoded.
    var isWanted: Bool

    /// Throws `badText` for U+0000 in the text or a parameter, `tooLarge` for what the protocol can't carry.
    init(_ sql: String, _ values: [SQLValue], isWanted: Bool) throws(PostgreSQLError) {
        guard !sql.utf8.contains(0) else {
            throw PostgreSQLError(.badText, "a statement holds U+0000, which PostgreSQL can't take")
        }
        self.sql = sql
        self.parameters = try Parameters(values)
        self.kind = StatementKind(sql)
        self.isWanted = isWanted
    }
}
