public import Authority
import Gate
public import Turns
import Wire

extension SQLStore: Memories {
    private static let hasMemory = Query(
        "SELECT place FROM memory_places WHERE organization = $1 AND agent = $2 AND place = $3")
    private static let count = Query(
        "SELECT COUNT(*) AS number FROM memories WHERE organization = $1 AND agent = $2 AND place = $3")
    private static let newest = Query(
        """
        SELECT * FROM memories WHERE organization = $1 AND agent = $2 AND place = $3
        ORDER BY changed DESC, id DESC LIMIT $4
        """)
    private static let one = Query(
        "SELECT * FROM memories WHERE organization = $1 AND agent = $2 AND place = $3 AND id = $4")
    private static let oneOfPerson = Query(
        "SELECT * FROM memories WHERE organization = $1 AND about = $2 AND id = $3")
    private static let named = Query("SELECT * FROM memories WHERE organization = $1 AND id = $2")
    private static let ofPerson = Query(
        "SELECT * FROM memories WHERE organization = $1 AND about = $2 ORDER BY changed DESC, id DESC LIMIT $3")
    // The two databases have a full-text index each. Both are handed the same keyed words.
    private static let embedded = Query(
        """
        SELECT * FROM memories WHERE organization = $1 AND agent = $2 AND place = $3
        AND id IN (SELECT entry FROM memory_words WHERE memory_words MATCH $4)
        ORDER BY changed DESC, id DESC LIMIT $5
        """)
    private static let shared = Query(
        """
        SELECT * FROM memories WHERE organization = $1 AND agent = $2 AND place = $3
        AND to_tsvector('simple', words) @@ to_tsquery('simple', $4)
        ORDER BY changed DESC, id DESC LIMIT $5
        """)

    public func hasMemory(at place: MemoryPlace) async throws -> Bool {
        try await row(SQLStore.hasMemory, place.values) != nil
    }

    public func memoryCount(at place: MemoryPlace) async throws -> Int {
        try await row(SQLStore.count, place.values).map { try $0["number"] } ?? 0
    }

    public func memories(at place: MemoryPlace, with words: Set<String>, limit: Int) async throws -> [MemoryEntry] {
        guard !words.isEmpty else {
            return try await rows(SQLStore.newest, place.values + [limit]).map(MemoryEntry.init(row:))
        }
        let wanted = words.sorted()
        let found =
            isShared
            ? try await rows(SQLStore.shared, place.values + [wanted.joined(separator: " | "), limit])
            : try await rows(
                SQLStore.embedded, place.values + ["words : (\(wanted.joined(separator: " OR ")))", limit])
        return try found.map(MemoryEntry.init(row:))
    }

    public func memory(_ id: MemoryID, at place: MemoryPlace) async throws -> MemoryEntry? {
        try await row(SQLStore.one, place.values + [id.raw]).map(MemoryEntry.init(row:))
    }

    public func memory(
        _ id: MemoryID, about person: PersonID, in organization: OrganizationID
    ) async throws -> MemoryEntry? {
        try await row(SQLStore.oneOfPerson, [organization.raw, person.raw, id.raw]).map(MemoryEntry.init(row:))
    }

    /// Wherever it is: for a restore, which tells nobody of it.
    public func memory(named id: MemoryID, in organization: OrganizationID) async throws -> MemoryEntry? {
        try await row(SQLStore.named, [organization.raw, id.raw]).map(MemoryEntry.init(row:))
    }

    public func memories(
        about person: PersonID, in organization: OrganizationID, limit: Int
    ) async throws -> [MemoryEntry] {
        try await rows(SQLStore.ofPerson, [organization.raw, person.raw, limit]).map(MemoryEntry.init(row:))
    }
}

extension MemoryPlace {
    var values: [any Storable] { [organization.raw, agent.raw, partition.raw] }
}

extension MemoryEntry {
    init(row: Row) throws {
        guard let partition = MemoryPartition(raw: try row["place"]) else {
            throw StorageError(.corrupt, "what an agent remembers can't be read")
        }
        let words: String = try row["words"]
        self.init(
            id: MemoryID(try row["id"]),
            place: MemoryPlace(
                partition, of: AgentID(try row["agent"]), in: OrganizationID(try row["organization"])),
            writer: (try row["writer"] as String?).map { PersonID($0) }, source: try row["source"],
            labels: try Labels(stored: row["labels"]),
            created: Timestamp(microseconds: try row["created"]), changed: Timestamp(microseconds: try row["changed"]),
            version: try row["version"], index: Set(words.split(separator: " ").map(String.init)))
    }
}
