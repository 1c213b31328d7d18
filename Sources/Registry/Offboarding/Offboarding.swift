public import Authority
public import Gate

/// What an organization does when a person leaves, as one transaction that nobody has committed yet, and what it comes to.
public struct Offboarding: Sendable {
    /// An agent that named the person, or was theirs.
    public struct Agent: Sendable, Hashable {
        public let id: AgentID
        /// Whose it is from now on, where it was the leaving person's.
        public let owner: PersonID?
        /// The keys of its definition that named the person, but for `owner`.
        public let keys: [String]
        /// It can do nothing without them, such as a delegate whose one principal they were.
        public let isSuspended: Bool
    }

    public let person: PersonID
    public let transaction: Transaction
    public let agents: [Agent]
    /// Groups, shares, roles and agents alone: the store counts the others.
    public let belongings: Belongings
}
