public import Authority
public import Gate

/// A connection that somebody wants to make.
public struct NewConnection: Sendable {
    public let organization: OrganizationID
    public let owner: Owner
    public let provider: ProviderID
    /// For an agent: its owner.
    public let agentOwner: PersonID?
    /// The account is its owner's own, and the owner says so.
    public let isSharedWithOwner: Bool
    /// Everybody in the organization.
    public let people: [PersonClaim]
    /// For an agent: whom it may be where a provider takes our word for it, by its definition.
    public let subjects: Set<String>
    public let by: String
    /// The epochs under which the owner was looked at: a connection is made only while they haven't moved.
    public let unmoved: [EpochReading]

    public init(
        organization: OrganizationID, owner: Owner, provider: ProviderID, agentOwner: PersonID?,
        isSharedWithOwner: Bool, people: [PersonClaim], subjects: Set<String> = [], by: String,
        under unmoved: [EpochReading]
    ) {
        self.organization = organization
        self.owner = owner
        self.provider = provider
        self.agentOwner = agentOwner
        self.isSharedWithOwner = isSharedWithOwner
        self.people = people
        self.subjects = subjects
        self.by = by
        self.unmoved = unmoved
    }

    /// The same, with another word on whether its owner shares their own, and under more readings.
    func sharing(_ isShared: Bool, under more: [EpochReading] = []) -> NewConnection {
        NewConnection(
            organization: organization, owner: owner, provider: provider, agentOwner: agentOwner,
            isSharedWithOwner: isShared, people: people, subjects: subjects, by: by, under: unmoved + more)
    }

    /// What the readings are of: who the owner is, and whose account anything is.
    public static func scopes(of owner: Owner, in organization: OrganizationID) -> [EpochScope] {
        switch owner {
        case .person(let person): [.organization(organization), .person(organization, person)]
        case .agent(let agent): [.organization(organization), .agent(organization, agent)]
        case .organization: [.organization(organization)]
        }
    }
}
