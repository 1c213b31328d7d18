/// One key of the ring, and how much is sealed with it.
public struct KeyView: Sendable, Hashable {
    /// `k_` and 16 hex digits.
    public let id: String
    /// `active`, `waiting` or `decrypt-only`.
    public let state: String
    public let rows: Int
}

/// What sealing anew came to.
public struct Resealing: Sendable, Hashable {
    /// Rows that the active key seals now.
    public var rows = 0
    /// Rows that couldn't be opened.
    public var refused: [RefusedRow] = []

    public init() {}
}

/// A row that keeps its old seal, because that doesn't open.
public struct RefusedRow: Sendable, Hashable {
    /// Its kind and id.
    public let row: String
    public let code: String
    public let message: String
}
