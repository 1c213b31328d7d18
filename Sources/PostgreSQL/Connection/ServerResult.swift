import CLibpq

/// One answer of the server, owned until it has been read.
struct ServerResult: ~Copyable {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    enum Outcome {
        case finished
        case failed
        /// Not carried out, since a statement before it failed.
        case skipped
        case synced
        case unreadable
    }

    var outcome: Outcome {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: .finished
        case PGRES_FATAL_ERROR: .failed
        case PGRES_PIPELINE_ABORTED: .skipped
        case PGRES_PIPELINE_SYNC: .synced
        default: .unreadable
        }
    }

    /// The command's tag, such as `COMMIT` or `INSERT 0 1`.
    var tag: String { String(cString: PQcmdStatus(result)) }

    private func field(_ code: Int32) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }

    private func field(_ code: Character) -> String? {
        field(Int32(code.asciiValue ?? 0))
    }

    /// `PG_DIAG_SEVERITY_NONLOCALIZED`: the session ends with it.
    var isFatal: Bool { ["FATAL", "PANIC"].contains(field("V")) }
    /// A prepared statement that has to be prepared anew: `RevalidateCachedQuery` is where the server finds that the
    /// columns have changed, and an unknown name means that somebody else deallocated it.
    var isStalePlan: Bool {
        let code = field("C")
        return code == ServerCode.invalidStatementName
            || code == ServerCode.featureNotSupported && field("R") == "RevalidateCachedQuery"
    }

    /// The server's error, without what it repeats of the parameters.
    func error(of statement: Statement?) -> PostgreSQLError {
        let code = field("C")
        let message = field("M") ?? "the server gave no message"
        let kind: PostgreSQLError.Kind =
            switch code {
            case ServerCode.queryCancelled, ServerCode.lockNotAvailable: .timeout
            default: isStalePlan ? .stalePlan : .server
            }
        let hint = "the server takes another type there; write `$1::bigint`, or name the type that the value has"
        return PostgreSQLError(
            kind, statement?.parameters.redacted(message) ?? message, sqlState: code,
            hint: code == ServerCode.badBinaryValue ? hint : nil, constraint: field("n"))
    }

    func rows() throws(PostgreSQLError) -> ResultRows {
        let columns = PQnfields(result)
        var readers: [ColumnReader] = []
        for column in 0..<columns {
            let name = String(cString: PQfname(result, column))
            readers.append(try ColumnReader(PQftype(result, column), column: column, name: name))
        }
        var rows: [[SQLValue]] = []
        rows.reserveCapacity(Int(PQntuples(result)))
        for row in 0..<PQntuples(result) {
            var values: [SQLValue] = []
            values.reserveCapacity(readers.count)
            for reader in readers { values.append(try reader.value(in: result, row: row)) }
            rows.append(values)
        }
        return ResultRows(columns: readers.map(\.name), rows: rows, affected: affected)
    }

    var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }
}
