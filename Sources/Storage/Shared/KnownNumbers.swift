import PostgreSQL
import Synchronization

/// The numbers that this gateway has seen the sequencers have. They only grow, and each was committed: a smaller one shows
/// that an older copy of the database is in its place, or a standby that lagged.
final class KnownNumbers: Sendable {
    private struct State {
        /// After this process's own last commits.
        var own: [String: Int64] = [:]
        /// The largest, whoever committed them.
        var largest: [String: Int64] = [:]
        var wentBack: StorageError?
    }

    private let state = Mutex(State())

    /// Why nothing may be read or committed any more. Once set, it stays.
    var wentBack: StorageError? { state.withLock(\.wentBack) }

    /// To be taken before the numbers that are compared with it are asked for: they grow meanwhile.
    var floor: [String: Int64] { state.withLock(\.largest) }

    /// Those at which somebody else was last. A commit finds the number after its own last one, unless another gateway was
    /// there meanwhile.
    func strange(among taken: [String: Int64]) -> [String] {
        state.withLock { state in taken.filter { state.own[$0.key] != $0.value - 1 }.map(\.key) }
    }

    /// Those of a commit of this process.
    func keep(_ taken: [String: Int64]) {
        state.withLock { state in
            state.own.merge(taken) { $1 }
            state.largest.merge(taken, uniquingKeysWith: max)
        }
    }

    /// Looks at numbers that a transaction has taken, and holds.
    ///
    /// - Throws: `StorageError` when one of them was taken before.
    func look(taken: [String: Int64], above floor: [String: Int64]) throws(StorageError) {
        if taken.contains(where: { $0.value <= floor[$0.key] ?? 0 }) { throw goBack() }
    }

    /// Looks at all numbers as a session finds them.
    ///
    /// - Throws: `StorageError` when one of them was larger before.
    func look(found: [String: Int64], atLeast floor: [String: Int64]) throws(StorageError) {
        if floor.contains(where: { found[$0.key] ?? 0 < $0.value }) { throw goBack() }
        state.withLock { $0.largest.merge(found, uniquingKeysWith: max) }
    }

    private func goBack() -> StorageError {
        let error = StorageError(
            .olderCopy,
            "the database has less than this gateway has seen there: an older copy or a standby that lagged was put in "
                + "its place",
            hint: "put the newer database back, or settle what is there with `deputy restore --database-was-restored`")
        state.withLock { $0.wentBack = error }
        return error
    }
}

extension KnownNumbers {
    private static let all = "SELECT name, number FROM sequencers"

    /// Looks at what a session finds. Before the first one there is nothing to compare.
    func check(_ connection: PostgreSQLConnection) async throws {
        let floor = floor
        guard !floor.isEmpty else { return }
        try look(found: try await KnownNumbers.read(connection), atLeast: floor)
    }

    /// What holds from here on.
    func begin(_ connection: PostgreSQLConnection) async throws {
        try look(found: try await KnownNumbers.read(connection), atLeast: floor)
    }

    private static func read(_ connection: PostgreSQLConnection) async throws -> [String: Int64] {
        var numbers: [String: Int64] = [:]
        for row in Row.rows(try await connection.query(all)) { numbers[try row["name"]] = try row["number"] }
        return numbers
    }
}
