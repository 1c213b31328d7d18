/// What one statement answered, all of it in memory.
public struct ResultRows: Sendable, Hashable {
    /// The columns' names, in order; empty for a statement that returns no rows.
    public let columns: [String]
    /// The rows, each with one value per column.
    public let rows: [[SQLValue]]
    /// How many rows the statement returned or changed, as the server counts; 0 for one that does neither.
    public let affected: Int

    public init(columns: [String] = [], rows: [[SQLValue]] = [], affected: Int = 0) {
        self.columns = columns
        self.rows = rows
        self.affected = affected
    }

    /// How many rows there are.
    public var count: Int { rows.count }
}
