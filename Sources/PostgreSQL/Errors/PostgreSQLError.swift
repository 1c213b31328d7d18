/// What went wrong with the database. It never holds a parameter, a row's value or a password.
public struct PostgreSQLError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The server refused a statement; ``PostgreSQLError/sqlState`` says why. Its transaction can't commit any more.
        case server
        /// The session couldn't be opened; nothing was sent.
        case cannotConnect
        /// The connection broke before anything was sent that could have committed.
        case connectionLost
        /// The connection broke after something was sent that commits, before the answer came: nobody knows.
        case commitUnknown
        /// The server answered COMMIT by rolling back, since a statement of the transaction had failed.
        case rolledBack
        /// The task was cancelled, and with it the statement, which did nothing.
        case cancelled
        /// One of the session's time limits passed; the server gave the statement up, never answered a connect, or fell silent
        /// before anything was sent that could have committed.
        case timeout
        /// A text holds U+0000; nothing was sent.
        case badText
        /// A statement is larger than the protocol allows; nothing was sent.
        case tooLarge
        /// A row has a column of a type that the driver doesn't read; its number is `pg_type.oid`. The statement ran.
        case unsupportedType(oid: UInt32)
        /// A prepared statement had outlived the tables that it was made for. It is forgotten; once more will do.
        case stalePlan
        /// The database's URL isn't one, or asks for a connection that others can read.
        case invalidURL
        /// No connection of the pool came free in time.
        case poolExhausted
        /// The connection or the pool is closed.
        case closed
        /// The driver was used in a way that can't be right, such as a transaction that was left open.
        case misuse
    }

    public let kind: Kind
    /// The server's five-letter code, if the server said it.
    public let sqlState: String?
    /// The server's primary message, or the driver's own. Lower case, no final period.
    public let message: String
    /// What would help, if anything is known to.
    public let hint: String?
    /// The constraint that was violated, by name.
    public let constraint: String?

    public init(
        _ kind: Kind, _ message: String, sqlState: String? = nil, hint: String? = nil, constraint: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
        self.hint = hint
        self.constraint = constraint
    }

    public var description: String {
        let code = sqlState.map { " (\($0))" } ?? ""
        return "database: \(message)\(code)" + (hint.map { "; \($0)" } ?? "")
    }
}
