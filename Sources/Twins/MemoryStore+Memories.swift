public import Authority
import Gate
import Synchronization
public import Turns

extension MemoryStore: Memories {
    public func hasMemory(at place: MemoryPlace) async throws -> Bool {
        state.withLock { $0.remembered.places.contains(place) }
    }

    public func memoryCount(at place: MemoryPlace) async throws -> Int {
        state.withLock { state in state.remembered.entries.values.count { $0.place == place } }
    }

    public func memories(at place: MemoryPlace, with words: Set<String>, limit: Int) async throws -> [MemoryEntry] {
        newestMemories(limit) { $0.place == place && (words.isEmpty || !$0.index.isDisjoint(with: words)) }
    }

    public func memory(_ id: MemoryID, at place: MemoryPlace) async throws -> MemoryEntry? {
        state.withLock { state in state.remembered.entries[id].flatMap { $0.place == place ? $0 : nil } }
    }

    public func memory(
        _ id: MemoryID, about person: PersonID, in organization: OrganizationID
    ) async throws -> MemoryEntry? {
        newestMemories(1) { $0.id == id && $0.place.organization == organization && $0.about == person }.first
    }

    public func memories(
        about person: PersonID, in organization: OrganizationID, limit: Int
    ) async throws -> [MemoryEntry] {
        newestMemories(limit) { $0.place.organization == organization && $0.about == person }
    }

    private func newestMemories(_ limit: Int, where isMeant: (MemoryEntry) -> Bool) -> [MemoryEntry] {
        state.withLock { state in
            Array(
                state.remembered.entries.values.filter(isMeant)
                    .sorted { ($0.changed, $0.id) > ($1.changed, $1.id) }.prefix(limit))
        }
    }
}
