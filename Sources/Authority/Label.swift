/// Where words came from, relative to the principal. Worse is greater.
public enum Integrity: Int, Sendable, CaseIterable, Comparable {
    case ownWords, agentDocuments, colleague, outsider

    public static func < (left: Integrity, right: Integrity) -> Bool { left.rawValue < right.rawValue }

    public var name: String {
        switch self {
        case .ownWords: "own-words"
        case .agentDocuments: "agent-documents"
        case .colleague: "colleague"
        case .outsider: "outsider"
        }
    }

    public init?(name: String) {
        guard let found = Integrity.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// Who may read data. Intersected as a session sees more.
public enum Readers: Hashable, Sendable {
    case organization
    case only(Set<PersonID>)
    /// What an account of an agent's own shows. Its owner may read it; whoever else does is those to whom the agent is open.
    case account(of: PersonID)

    public func intersection(_ other: Readers) -> Readers {
        switch (self, other) {
        case (.organization, _): other
        case (_, .organization): self
        case (.account(let left), .account(let right)) where left == right: self
        case (.only, _), (.account, _): .only(people.intersection(other.people))
        }
    }

    /// Those who may whatever the agent is open to; nobody of an organization is named.
    private var people: Set<PersonID> {
        switch self {
        case .organization: []
        case .only(let people): people
        case .account(let owner): [owner]
        }
    }

    public func contains(_ person: PersonID) -> Bool {
        switch self {
        case .organization: true
        case .only, .account: people.contains(person)
        }
    }

    public var isPrivate: Bool {
        switch self {
        case .organization: false
        case .only, .account: true
        }
    }
}

/// Kinds of data that an organization may forbid to leave it.
public struct DataClasses: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let contacts = DataClasses(rawValue: 1)
    public static let financial = DataClasses(rawValue: 2)

    public static let named: [(name: String, value: DataClasses)] = [
        ("contacts", .contacts), ("financial", .financial),
    ]

    public var names: [String] { DataClasses.named.filter { contains($0.value) }.map(\.name) }
}

/// Where data came from and who may read it. A session's labels are the join of all that it has seen.
public struct Labels: Hashable, Sendable {
    public var integrity: Integrity
    public var readers: Readers
    public var classes: DataClasses

    public init(integrity: Integrity, readers: Readers, classes: DataClasses = []) {
        self.integrity = integrity
        self.readers = readers
        self.classes = classes
    }

    /// A session that has seen nothing yet.
    public static let fresh = Labels(integrity: .ownWords, readers: .organization)

    /// The labels of a session that has seen both. Only ever grows.
    public func joined(with other: Labels) -> Labels {
        Labels(
            integrity: max(integrity, other.integrity),
            readers: readers.intersection(other.readers),
            classes: classes.union(other.classes))
    }
}
