public import Authority
public import Gate
import Ledger
import Wire

/// What agents remember. Turns, tools and pages all come here, and nothing else opens an entry.
public struct MemoryDesk: Sendable {
    let store: any Memories
    let commits: any Commits
    let payloads: PayloadKeeper
    let world: World

    public init(store: any Memories, commits: any Commits, payloads: PayloadKeeper, world: World) {
        self.store = store
        self.commits = commits
        self.payloads = payloads
        self.world = world
    }

    /// Scalars of one entry.
    public static let longest = 4_000
    /// Entries of one partition.
    public static let most = 2_000
    /// Entries of one partition that are looked at for one wish.
    private static let considered = 200

    /// What the scope's reader may be told, the most fitting first: what has most of the words, then what is newest.
    func recall(_ wish: MemoryWish, in scope: MemoryScope) async throws -> [RecalledMemory] {
        var found: [(entry: MemoryEntry, hits: Int, labels: Labels)] = []
        let wanted = MemoryWords.words(of: wish.query)
        for partition in scope.reads {
            let place = MemoryPlace(partition, of: scope.agent, in: scope.organization)
            guard let key = try await key(of: place) else { continue }
            let words = MemoryWords.index(of: wanted.joined(separator: " "), under: key)
            var entries: [MemoryEntry] = []
            if !words.isEmpty {
                entries = try await store.memories(at: place, with: words, limit: MemoryDesk.considered)
            }
            if wanted.isEmpty || wish.fillsUp {
                entries += try await store.memories(at: place, with: [], limit: wish.limit)
            }
            var seen: Set<MemoryID> = []
            for entry in entries where entry.place == place && seen.insert(entry.id).inserted {
                guard let labels = entry.labels(for: scope.reader), wish.mayTell(labels) else { continue }
                found.append((entry, entry.index.intersection(words).count, labels))
            }
        }
        found.sort { ($0.hits, $0.entry.changed, $0.entry.id) > ($1.hits, $1.entry.changed, $1.entry.id) }
        var told: [RecalledMemory] = []
        var room = wish.room
        for (entry, _, labels) in found where told.count < wish.limit {
            guard let text = try await text(of: entry), text.unicodeScalars.count <= room else { continue }
            room -= text.unicodeScalars.count
            told.append(RecalledMemory(entry: entry, text: text, labels: labels))
        }
        return told
    }

    /// Nil when it was forgotten meanwhile.
    func text(of entry: MemoryEntry) async throws -> String? {
        try await payloads.open(entry.payload)?["text"]?.stringValue
    }

    /// Keeps an entry, and leaves a leaf without its words.
    ///
    /// - Parameter id: equal for the same wish, so that it is kept once.
    /// - Throws: `TurnsError` for a text that is empty or too long, or when there is no more room.
    func add(
        _ text: String, as id: MemoryID, at place: MemoryPlace, by writer: PersonID?, source: String, _ labels: Labels,
        under unmoved: [EpochReading] = []
    ) async throws -> MemoryEntry {
        let text = try checked(text)
        guard try await store.memoryCount(at: place) < MemoryDesk.most else {
            throw TurnsError(
                .refused, "there is no room: \(MemoryDesk.most) entries are kept there already",
                hint: "forget some of them first")
        }
        let now = world.now()
        let key = try await keyForWriting(at: place)
        let entry = MemoryEntry(
            id: id, place: place, writer: writer, source: source, labels: labels, created: now, changed: now,
            index: MemoryWords.index(of: text, under: key))
        try await commit("memory.written", entry, text, [.add(entry)], by: writer, under: unmoved)
        return entry
    }

    func correct(
        _ entry: MemoryEntry, to text: String, by person: PersonID, under unmoved: [EpochReading] = []
    ) async throws {
        let text = try checked(text)
        guard let key = try await key(of: entry.place) else { throw MemoryDesk.gone }
        var corrected = entry
        corrected.version += 1
        corrected.changed = world.now()
        corrected.index = MemoryWords.index(of: text, under: key)
        try await commit("memory.corrected", corrected, text, [.correct(corrected)], by: person, under: unmoved)
    }

    func forget(_ entry: MemoryEntry, by person: PersonID?, under unmoved: [EpochReading] = []) async throws {
        try await commit("memory.forgotten", entry, nil, [.forget(entry)], by: person, under: unmoved)
    }

    static let gone = TurnsError(.unknown, "that isn't remembered any more")

    private func checked(_ text: String) throws(TurnsError) -> String {
        let scalars = text.unicodeScalars.count
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw TurnsError(.invalid, "there is nothing to remember")
        }
        guard scalars <= MemoryDesk.longest else {
            throw TurnsError(
                .invalid, "\(scalars) characters are too many for one entry",
                hint: "use at most \(MemoryDesk.longest)")
        }
        guard !text.unicodeScalars.contains("\0") else {
            throw TurnsError(.invalid, "a text with a NUL character can't be kept")
        }
        return text
    }

    private func commit(
        _ change: String, _ entry: MemoryEntry, _ text: String?, _ changes: [MemoryChange], by person: PersonID?,
        under unmoved: [EpochReading]
    ) async throws {
        var all: [any StoredChange] = changes
        var fields: JSONObject = [
            "change": .string(change), "memory": .string(entry.id.raw), "agent": .string(entry.place.agent.raw),
            "partition": .string(entry.place.partition.name), "version": .number(JSONNumber(entry.version)),
            "source": .string(entry.source), "integrity": .string(entry.labels.integrity.name),
        ]
        if let person { fields["by"] = .string("person:\(person)") }
        if let about = entry.about { fields["about"] = .string(about.raw) }
        if let text {
            let kept = try payloads.committed(["text": .string(text)], id: entry.payload)
            all.append(kept.change)
            fields["text"] = kept.digest
        }
        let leaf = try Leaf(kind: .session, time: world.now().microseconds, fields: fields)
        try await commits.commit(
            Transaction(
                requires: unmoved, changes: all,
                leaves: [PlacedLeaf(leaf, in: .organization(entry.place.organization))]))
    }

    private func key(of place: MemoryPlace) async throws -> [UInt8]? {
        guard try await store.hasMemory(at: place) else { return nil }
        return try await payloads.open(place.keyPayload)?["key"]?.stringValue.flatMap(Base64.decode)
    }

    private func keyForWriting(at place: MemoryPlace) async throws -> [UInt8] {
        // Of two who write the first entry one makes the key.
        for _ in 0..<2 {
            if let key = try await key(of: place) { return key }
            let key = randomBytes(32)
            do {
                try await commits.commit(
                    Transaction(changes: [
                        MemoryChange.open(place),
                        try payloads.kept(["key": .string(Base64.encode(key))], id: place.keyPayload),
                    ]))
                return key
            } catch CommitError.exists {
                continue
            }
        }
        throw CommitError.unavailable("the key of a memory can't be read")
    }
}

extension MemoryPartition {
    /// For leaves and people.
    public var name: String {
        switch self {
        case .agent: "agent"
        case .person: "person"
        case .thread: "thread"
        }
    }
}
