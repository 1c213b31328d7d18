public import Authority

/// The organization's own people. It is asked for those whom a call concerns and never for all of them: their number is
/// nothing that a call should cost.
public protocol Directory: Sendable {
    /// Whose these addresses are, of people in good standing. An address that nobody has is left out, and outside.
    ///
    /// - Parameter addresses: in lower case.
    func people(at addresses: Set<String>) async throws -> [String: PersonID]

    /// Those of these people who are in good standing: they alone can agree to anything.
    func active(_ people: Set<PersonID>) async throws -> Set<PersonID>
}

/// A directory that is known as a whole.
public struct KnownDirectory: Directory {
    private let peopleByAddress: [String: PersonID]
    private let inGoodStanding: Set<PersonID>

    /// - Parameter peopleByAddress: verified addresses in lower case.
    public init(peopleByAddress: [String: PersonID], active: Set<PersonID>) {
        self.peopleByAddress = peopleByAddress
        inGoodStanding = active
    }

    public func people(at addresses: Set<String>) -> [String: PersonID] {
        peopleByAddress.filter { addresses.contains($0.key) }
    }

    public func active(_ people: Set<PersonID>) -> Set<PersonID> { people.intersection(inGoodStanding) }
}
