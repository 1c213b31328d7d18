import Authority
import Gate
import Registry
import Wire

extension RestoredHome {
    /// Whose role `payload_reader` ended since doesn't have it back.
    func endReaders(_ old: TakenAway?, _ end: inout Transaction) async throws {
        guard let old else { return }
        let readers = try await PayloadReaders.read(home.store, in: home.organization)
        let gone = readers.subtracting(old.readers)
        guard !gone.isEmpty else { return }
        end.changes.append(PayloadReaders.change(to: readers.intersection(old.readers), in: home.organization))
        for person in gone.sorted() {
            end.leaves.append(
                try leaf(
                    [
                        "change": "person.role-ended", "by": .string(Self.by), "person": .string(person.raw),
                        "role": "payload_reader", "because": "it was so before the restore",
                    ], in: .organization(home.organization)))
        }
    }
}
