/// A value as it goes to the server as a parameter, and as it comes back in a row.
public enum SQLValue: Sendable, Hashable {
    /// SQL's NULL, of whatever type the place has.
    case null
    /// A `bigint` as a parameter; from a row also `integer`, `smallint`, and `boolean` as 0 or 1.
    case integer(Int64)
    /// A `text`. It can't hold U+0000, which the server can't store.
    case text(String)
    /// A `bytea`.
    case bytes([UInt8])
}
