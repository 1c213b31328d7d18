public import Authority
import Wire

public enum MemoryKind {}
public typealias MemoryID = ID<MemoryKind>

/// One partition of one agent's memory.
public struct MemoryPlace: Sendable, Hashable {
    public let organization: OrganizationID
    public let agent: AgentID
    public let partition: MemoryPartition

    public init(_ partition: MemoryPartition, of agent: AgentID, in organization: OrganizationID) {
        self.organization = organization
        self.agent = agent
        self.partition = partition
    }

    /// Begins the name of everything that is sealed for this partition, so that nothing of another one opens here. It
    /// depends on the person.
    var seal: String {
        let parts: [JSON] = [.string(organization.raw), .string(agent.raw), .string(partition.raw)]
        return "memory/" + Digest.sha256(of: JSON.array(parts).bytes()).hex
    }

    /// Where the key of the partition's words is kept.
    public var keyPayload: String { "\(seal)/key" }

    /// The person to whom all of it belongs; nil for what several people may have written.
    public var person: PersonID? {
        switch partition {
        case .agent: nil
        case .person(let person): person
        case .thread(_, let person): person
        }
    }
}

extension MemoryPartition {
    /// The partition as one text, unambiguous because it is JSON.
    public var raw: String {
        switch self {
        case .agent: #"["agent"]"#
        case .person(let person): JSON.array(["person", .string(person.raw)]).text
        case .thread(let client, let person):
            JSON.array(["thread", .string(client.raw), person.map { .string($0.raw) } ?? .null]).text
        }
    }

    /// Reads what `raw` wrote; nil for anything else.
    public init?(raw: String) {
        guard let parts = try? JSON.parse(Array(raw.utf8)).arrayValue else { return nil }
        switch (parts.first?.stringValue, parts.count) {
        case ("agent", 1): self = .agent
        case ("person", 2):
            guard let person = parts[1].stringValue else { return nil }
            self = .person(PersonID(person))
        case ("thread", 3):
            guard let client = parts[1].stringValue, parts[2].isNull || parts[2].stringValue != nil else { return nil }
            self = .thread(ClientID(client), parts[2].stringValue.map { PersonID($0) })
        case (_, _): return nil
        }
    }
}

/// One thing that an agent remembers. Its words are a payload beside it.
public struct MemoryEntry: Sendable, Hashable {
    public let id: MemoryID
    public let place: MemoryPlace
    /// In whose turn it was written, or who wrote it themselves; nil where nobody asked.
    public let writer: PersonID?
    /// The call that wrote it, or ``byHand``.
    public let source: String
    /// Of what the writer's session had seen, and who may read it. Kept by code beside the words.
    public let labels: Labels
    public let created: Timestamp
    public var changed: Timestamp
    /// Counts corrections, from 1.
    public var version: Int
    /// The words as the partition's key makes them, by which they are found. See ``MemoryWords``.
    public var index: Set<String>

    public init(
        id: MemoryID, place: MemoryPlace, writer: PersonID?, source: String, labels: Labels, created: Timestamp,
        changed: Timestamp, version: Int = 1, index: Set<String>
    ) {
        self.id = id
        self.place = place
        self.writer = writer
        self.source = source
        self.labels = labels
        self.created = created
        self.changed = changed
        self.version = version
        self.index = index
    }

    public static let byHand = "by hand"

    /// The person who sees, corrects and deletes it as theirs; nil for the agent's own.
    public var about: PersonID? {
        switch place.partition {
        case .agent: nil
        case .person(let person): person
        case .thread: place.person ?? writer
        }
    }

    /// As the reader's session sees it; nil when they may not read it.
    func labels(for reader: PersonID?) -> Labels? {
        labels.recalled(by: reader, from: writer, in: place.partition)
    }

    /// Where its words are kept: they open only there, in this version.
    public var payload: String { "\(place.seal)/\(id)/\(version)" }
}
