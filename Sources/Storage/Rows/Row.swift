/// One row of an answer. The names of the columns are shared by all rows of it.
struct Row: Sendable {
    let columns: [String]
    let values: [SQLValue]

    /// - Throws: `StorageError.corrupt` when there is no such column, or it holds something else.
    subscript<Value: Storable>(_ column: String) -> Value {
        get throws {
            guard let index = columns.firstIndex(of: column), let value = Value(sqlValue: values[index]) else {
                throw StorageError(.corrupt, "the column `\(column)` can't be read")
            }
            return value
        }
    }
}
