/// What a transaction promises its statements.
public struct TransactionMode: Sendable, Hashable {
    public enum Isolation: String, Sendable, Hashable {
        /// Each statement sees what had been committed when it began.
        case readCommitted = "READ COMMITTED"
        /// All statements see what had been committed when the first one began.
        case repeatableRead = "REPEATABLE READ"
        /// As if no other transaction ran at the same time; the server refuses with 40001 what it can't make so.
        case serializable = "SERIALIZABLE"
    }

    public var isolation: Isolation
    /// The server refuses changes. A commit whose answer is lost is then no question.
    public var isReadOnly: Bool

    public init(_ isolation: Isolation = .readCommitted, isReadOnly: Bool = false) {
        self.isolation = isolation
        self.isReadOnly = isReadOnly
    }

    var begin: String {
        "BEGIN ISOLATION LEVEL \(isolation.rawValue) \(isReadOnly ? "READ ONLY" : "READ WRITE")"
    }
}
