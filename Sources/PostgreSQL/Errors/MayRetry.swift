/// Whether the whole transaction may be run again after `error`: only if it is certain that it didn't commit, and another
/// attempt could fare better. `commitUnknown` is never retried.
public func mayRetry(_ error: any Error) -> Bool {
    guard let error = error as? PostgreSQLError else { return false }
    switch error.kind {
    case .connectionLost, .cannotConnect, .stalePlan:
        return true
    case .server:
        return error.sqlState.map { ServerCode.passing.contains($0) } ?? false
    case .commitUnknown, .rolledBack, .cancelled, .timeout, .badText, .tooLarge, .unsupportedType, .invalidURL,
        .poolExhausted, .closed, .misuse:
        return false
    }
}

extension PostgreSQLError {
    /// Whether the server is in trouble itself, whatever it was asked: a full disk, too little memory, files that can't be
    /// read or written, a standby in its place.
    public var isTroubleOfTheServer: Bool {
        guard kind == .server, let sqlState else { return false }
        return sqlState == ServerCode.readOnly || ServerCode.troubles.contains { sqlState.hasPrefix($0) }
    }
}

/// The server's codes that the driver knows; the list is appendix A of PostgreSQL's manual.
enum ServerCode {
    static let queryCancelled = "57014"
    static let lockNotAvailable = "55P03"
    static let invalidStatementName = "26000"
    static let badBinaryValue = "22P03"
    static let featureNotSupported = "0A000"
    static let readOnly = "25006"

    /// Classes: insufficient resources, operator intervention, system error, internal error.
    static let troubles = ["53", "57", "58", "XX"]

    /// The transaction was given up for reasons that pass: serialization failure, deadlock, shutdowns, a server that
    /// starts or is full.
    static let passing: Set<String> = ["40001", "40P01", "57P01", "57P02", "57P03", "57P05", "25P03", "25P04", "53300"]
}
