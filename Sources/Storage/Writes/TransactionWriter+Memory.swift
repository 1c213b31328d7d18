import Authority
import Gate
import Turns
import Wire

extension TransactionWriter {
    private static let open = Query(
        """
        INSERT INTO memory_places (organization, agent, place, person, key_payload) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING RETURNING place
        """)
    // Only where the partition still has its key: a person may have been erased a moment ago.
    private static let add = Query(
        """
        INSERT INTO memories (organization, agent, place, id, about, writer, source, labels, created, changed, version,
          payload, words)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM memory_places
        WHERE organization = $1 AND agent = $2 AND place = $3
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let before = Query(
        """
        SELECT payload FROM memories WHERE organization = $1 AND agent = $2 AND place = $3 AND id = $4 AND version = $5
        """)
    private static let correct = Query(
        """
        UPDATE memories SET changed = $1, version = $2, payload = $3, words = $4
        WHERE id = $5 AND version = $6 RETURNING id
        """)
    private static let forget = Query("DELETE FROM memories WHERE id = $1 AND version = $2 RETURNING id")
    private static let erasePayload = Query("DELETE FROM payloads WHERE id = $1")

    mutating func apply(memory change: MemoryChange) async throws {
        switch change {
        case .open(let place):
            try await mustChange(
                TransactionWriter.open, place.values + [place.person?.raw, place.keyPayload], place.partition.raw)
        case .add(let entry):
            try await mustChange(
                TransactionWriter.add,
                entry.place.values + [
                    entry.id.raw, entry.about?.raw, entry.writer?.raw, entry.source, entry.labels.stored.text,
                    entry.created.microseconds, entry.changed.microseconds, entry.version, entry.payload,
                    entry.index.sorted().joined(separator: " "),
                ], entry.id.raw)
        case .correct(let entry):
            try await dropWords(of: entry, version: entry.version - 1)
            try await mustChange(
                TransactionWriter.correct,
                [
                    entry.changed.microseconds, entry.version, entry.payload,
                    entry.index.sorted().joined(separator: " "), entry.id.raw, entry.version - 1,
                ], entry.id.raw)
        case .forget(let entry):
            try await dropWords(of: entry, version: entry.version)
            try await mustChange(TransactionWriter.forget, [entry.id.raw, entry.version], entry.id.raw)
        }
    }

    private mutating func dropWords(of entry: MemoryEntry, version: Int) async throws {
        noteShredding()
        guard
            let row = try await session.row(
                TransactionWriter.before, entry.place.values + [entry.id.raw, version])
        else { throw CommitError.exists(entry.id.raw) }
        try await session.run(TransactionWriter.erasePayload, [row["payload"] as String])
    }

    // What is a person's, and with `writer` what they wrote for everybody.
    private static let told = Query("SELECT id, payload FROM memories WHERE organization = $1 AND about = $2")
    private static let written = Query("SELECT id, payload FROM memories WHERE organization = $1 AND writer = $2")
    private static let places = Query(
        "SELECT key_payload FROM memory_places WHERE organization = $1 AND person = $2")
    private static let eraseEntry = Query("DELETE FROM memories WHERE id = $1")
    private static let erasePlaces = Query("DELETE FROM memory_places WHERE organization = $1 AND person = $2")

    func eraseMemory(of person: PersonID, in organization: OrganizationID, withWritten: Bool) async throws {
        let values: [any Storable] = [organization.raw, person.raw]
        var entries = try await session.rows(TransactionWriter.told, values)
        if withWritten { entries += try await session.rows(TransactionWriter.written, values) }
        for entry in entries {
            try await session.run(TransactionWriter.erasePayload, [entry["payload"] as String])
            try await session.run(TransactionWriter.eraseEntry, [entry["id"] as String])
        }
        for place in try await session.rows(TransactionWriter.places, values) {
            try await session.run(TransactionWriter.erasePayload, [place["key_payload"] as String])
        }
        try await session.run(TransactionWriter.erasePlaces, values)
    }
}
