public enum GroupKind {}
/// A named set of people of one organization.
public typealias GroupID = ID<GroupKind>

/// What somebody who shares an agent lets others do with it.
public enum ShareRight: String, Sendable, CaseIterable {
    /// Ask it for something.
    case use
    /// Change its definition, within what the editor could use.
    case edit
    /// Change what it remembers.
    case editMemory = "edit-memory"
    /// Make an agent of their own from it, without its connections, memory and grants.
    case clone
}

/// Whom an agent is shared with.
public enum Grantee: Hashable, Sendable {
    case person(PersonID)
    case group(GroupID)
    case organization

    /// `person:bob`, `group:sales` or `organization`.
    public var text: String {
        switch self {
        case .person(let person): "person:\(person)"
        case .group(let group): "group:\(group)"
        case .organization: "organization"
        }
    }

    /// Nil when it is none of the three.
    public init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("organization", 1): self = .organization
        case ("person", 2) where !parts[1].isEmpty: self = .person(PersonID(parts[1]))
        case ("group", 2) where !parts[1].isEmpty: self = .group(GroupID(parts[1]))
        case (_, _): return nil
        }
    }
}
