/// How sessions are opened, and what the server holds them to.
public struct SessionSettings: Sendable, Hashable {
    /// How long the handshake may take, TLS and sign-in included.
    public var connectLimit: Duration = .seconds(10)
    /// How long the server may say nothing while it owes an answer before the session counts as lost; nil for as long as it
    /// takes. It has to be longer than what is rightly waited for, locks among it.
    public var silenceLimit: Duration?
    /// How long a statement may run before the server gives it up; nil leaves it to the server's settings.
    public var statementLimit: Duration?
    /// How long a statement may wait for a lock; nil leaves it to the server's settings.
    public var lockLimit: Duration?
    /// How long a transaction may stay open without a statement before the server ends the session; nil leaves it to the
    /// server's settings.
    public var idleInTransactionLimit: Duration?
    /// How long the network may swallow what was sent before the connection counts as broken. Linux alone holds to it.
    public var networkLimit: Duration = .seconds(30)
    /// How many prepared statements a session keeps; the least recently used go first.
    public var statementsKept = 256
    /// What the server's lists call the session.
    public var applicationName = "deputy"

    public init() {}

    /// The options for the start of the session.
    var options: String {
        let limits = [
            ("statement_timeout", statementLimit), ("lock_timeout", lockLimit),
            ("idle_in_transaction_session_timeout", idleInTransactionLimit),
        ]
        let set = limits.compactMap { name, limit in limit.map { "-c \(name)=\($0.milliseconds)" } }
        return (["-c standard_conforming_strings=on"] + set).joined(separator: " ")
    }
}

extension Duration {
    /// Whole milliseconds, at least 1, since 0 means "without limit" to the server.
    var milliseconds: Int {
        max(1, Int(clamping: components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000))
    }
}
