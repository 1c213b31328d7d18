/// What an argument of a tool is for. Given by a manifest, or by the person who released the tool.
public enum Role: String, Sendable, CaseIterable {
    /// Who receives: an address, a channel, a person.
    case destination
    /// The person whose record is meant.
    case subject
    /// What is looked for or looked at: a query, a page, a message.
    case selector
    /// The text that is sent or written.
    case content
    /// When: a date, a time, a time zone.
    case time
    /// How many or how much to answer with.
    case count
    case host
    case path
    case amount
}

/// Where a call would send something, as far as the organization's own directory can tell.
public enum Destination: Hashable, Sendable {
    /// A person of this organization.
    case insider(PersonID)
    /// Everything else: strangers, and what the directory can't prove to be inside (groups, lists, channels).
    case outsider(String)

    public var isOutside: Bool {
        switch self {
        case .insider: false
        case .outsider: true
        }
    }
}

/// The coarse answer to "who would get this?", by which owners lift and people agree.
public enum DestinationClass: String, Sendable, CaseIterable {
    case nobody, insiders, outsiders
}

/// The typed facts that a call's arguments hold, taken by role, after defaults were filled in.
public struct Facets: Sendable, Hashable {
    public var destinations: [Destination]
    /// The subject that the call names, in the provider's own id.
    public var subject: String?
    /// Names of given arguments that have no role.
    public var unexplained: [String]

    public init(destinations: [Destination] = [], subject: String? = nil, unexplained: [String] = []) {
        self.destinations = destinations
        self.subject = subject
        self.unexplained = unexplained
    }

    public var destinationClass: DestinationClass {
        if destinations.isEmpty { return .nobody }
        return destinations.contains(where: \.isOutside) ? .outsiders : .insiders
    }
}
