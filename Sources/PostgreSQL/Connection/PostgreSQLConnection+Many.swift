extension PostgreSQLConnection {
    /// Adds a statement whose rows the next ``collect()`` returns.
    ///
    /// Throws as ``send(_:_:)``.
    public func ask(_ sql: String, _ values: [SQLValue] = []) throws(PostgreSQLError) {
        try add(Statement(sql, values, isWanted: true))
    }

    /// Sends what waits, and returns the rows of everything that was asked, in that order.
    ///
    /// Throws the first error among all that went out, as ``query(_:_:)``.
    public func collect() async throws(PostgreSQLError) -> [ResultRows] { try await wait(for: nil) }

    /// Forgets what waits to be sent.
    public func discard() { channel.outbox.discardOpen() }
}
