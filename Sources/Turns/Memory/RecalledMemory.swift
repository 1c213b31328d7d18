public import Authority

/// One entry as it is told.
public struct RecalledMemory: Sendable, Hashable {
    public let entry: MemoryEntry
    public let text: String
    /// Of the entry, as the reader's session sees it.
    public let labels: Labels
}

/// What is wanted of a memory.
struct MemoryWish: Sendable {
    /// In any words; those that are in an entry bring it up. Empty for what is new.
    let query: String
    let limit: Int
    /// Scalars of all texts together.
    let room: Int
    /// Whether what has none of the words comes after those that have.
    var fillsUp = false
    /// What may be told here, by the entry's labels.
    var mayTell: @Sendable (Labels) -> Bool = { _ in true }
}
