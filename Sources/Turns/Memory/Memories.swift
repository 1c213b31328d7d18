public import Authority
public import Gate

/// What agents remember, for reading. Whoever asks names the partition; nothing answers for all of them.
public protocol Memories: Sendable {
    /// Whether anything was ever written there, and so whether it has a key.
    func hasMemory(at place: MemoryPlace) async throws -> Bool
    /// How many entries are there.
    func memoryCount(at place: MemoryPlace) async throws -> Int
    /// Entries with one of these words at least, as ``MemoryWords`` makes them; all entries when there are none. Those that
    /// were changed last come first.
    func memories(at place: MemoryPlace, with words: Set<String>, limit: Int) async throws -> [MemoryEntry]
    func memory(_ id: MemoryID, at place: MemoryPlace) async throws -> MemoryEntry?
    /// One of those of the next.
    func memory(_ id: MemoryID, about person: PersonID, in organization: OrganizationID) async throws -> MemoryEntry?
    /// Of all agents, what is this person's (``MemoryEntry/about``), changed last first.
    func memories(about person: PersonID, in organization: OrganizationID, limit: Int) async throws -> [MemoryEntry]
}

/// What remembering changes in the store.
public enum MemoryChange: StoredChange {
    /// The first entry of a partition comes with its key. Refused as `exists` when it has one.
    case open(MemoryPlace)
    /// Refused as `exists` when there is an entry of this id.
    case add(MemoryEntry)
    /// Refused as `exists` when it isn't there in the version before this one. The words of that version are destroyed.
    case correct(MemoryEntry)
    /// Destroys the words too. Refused as `exists` when it isn't there in this version.
    case forget(MemoryEntry)
}
