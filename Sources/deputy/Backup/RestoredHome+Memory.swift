import Authority
import Gate
import Storage
import Turns
import Wire

extension RestoredHome {
    /// What was forgotten since stays forgotten, and words that were corrected since don't come back.
    ///
    /// - Returns: how many entries those are.
    func forget(_ old: TakenAway?, _ end: inout Transaction) async throws -> Int {
        guard let old else { return 0 }
        var count = 0
        for id in old.memories.ids {
            guard let entry = try await home.store.memory(named: id, in: home.organization), old.memories.isGone(entry),
                // All that is remembered of who left is destroyed in one.
                entry.about.map({ old.people[$0] != .removed }) ?? true
            else { continue }
            count += 1
            end.changes.append(MemoryChange.forget(entry))
            end.leaves.append(
                try leaf(
                    [
                        "change": "memory.forgotten", "by": .string(Self.by), "memory": .string(id.raw),
                        "agent": .string(entry.place.agent.raw), "because": "it was so before the restore",
                    ], in: .organization(home.organization)))
        }
        for (person, standing) in old.people.sorted(by: { $0.key < $1.key }) where standing == .removed {
            end.changes.append(ErasureChange.memory(home.organization, person))
        }
        return count
    }
}
