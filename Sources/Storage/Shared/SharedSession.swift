import Gate
import PostgreSQL
import Synchronization

/// One PostgreSQL connection in the middle of one transaction.
final class SharedSession: Session {
    enum Mode: Sendable {
        /// No statement waits for another, nor for the commit; one that should have answered with a row fails without one.
        /// Then nothing of the group is kept, and it is run again step by step to find out whose fault it is.
        case atOnce
        /// Each transaction of the group between savepoints, each answer waited for.
        case stepByStep
    }

    /// Something of the group didn't do what it should: run it step by step.
    struct Redo: Error {}

    let gateway: Int64
    private let connection: PostgreSQLConnection
    private let mode: Mode

    init(_ connection: PostgreSQLConnection, gateway: Int64, _ mode: Mode) {
        self.connection = connection
        self.gateway = gateway
        self.mode = mode
    }

    func run(_ query: Query, _ values: [any Storable]) async throws {
        try connection.send(query.sql, try values.bound().map(\.parameter))
    }

    func rows(_ query: Query, _ values: [any Storable]) async throws -> [Row] {
        try connection.ask(query.sql, try values.bound().map(\.parameter))
        return try await connection.collect().last.map(Row.rows) ?? []
    }

    func expectRow(_ query: Query, _ values: [any Storable], orElse failure: CommitError) async throws {
        switch mode {
        case .atOnce:
            try connection.send(query.failingWithoutRow, try values.bound().map(\.parameter))
        case .stepByStep:
            do {
                if try await rows(query, values).isEmpty { throw failure }
            } catch let error as PostgreSQLError where error.sqlState == SharedSession.uniqueViolation {
                throw failure
            }
        }
    }

    private static let uniqueViolation = "23505"

    func begin() async throws {
        guard mode == .stepByStep else { return }
        try connection.send("SAVEPOINT one")
        // Waited for, so that what fails before the next statement has something to go back to.
        try await connection.sync()
    }

    func keep() async throws {
        guard mode == .stepByStep else { return }
        try connection.send("RELEASE SAVEPOINT one")
        try await connection.sync()
    }

    func undo(after error: any Error) async throws {
        guard mode == .stepByStep else { throw Redo() }
        if let error = error as? PostgreSQLError, error.kind != .server || error.isTroubleOfTheServer { throw error }
        connection.discard()
        try connection.send("ROLLBACK TO SAVEPOINT one")
        try connection.send("RELEASE SAVEPOINT one")
        try await connection.sync()
    }
}

extension SQLValue {
    var parameter: PostgreSQL.SQLValue {
        switch self {
        case .null: .null
        case .integer(let number): .integer(number)
        case .text(let text): .text(text)
        case .bytes(let bytes): .bytes(bytes)
        }
    }

    init(_ value: PostgreSQL.SQLValue) {
        self =
            switch value {
            case .null: .null
            case .integer(let number): .integer(number)
            case .text(let text): .text(text)
            case .bytes(let bytes): .bytes(bytes)
            }
    }
}

extension Row {
    static func rows(_ answer: ResultRows) -> [Row] {
        answer.rows.map { Row(columns: answer.columns, values: $0.map(SQLValue.init)) }
    }
}
