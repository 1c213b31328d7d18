public import Authority
public import Gate

/// Which of one owner's accounts at one provider an agent uses, as somebody said it.
public struct AccountChoice: Sendable, Hashable {
    public let organization: OrganizationID
    public let agent: AgentID
    /// Whose accounts they are: a person's, or the agent's own.
    public let owner: Owner
    public let provider: ProviderID
    public let chosen: ChosenAccount
    /// Who said it.
    public let by: String
    public let at: Timestamp

    public init(
        organization: OrganizationID, agent: AgentID, owner: Owner, provider: ProviderID, chosen: ChosenAccount,
        by: String, at: Timestamp
    ) {
        self.organization = organization
        self.agent = agent
        self.owner = owner
        self.provider = provider
        self.chosen = chosen
        self.by = by
        self.at = at
    }
}

/// What is changed of choices in the store. A choice whose connection is gone stays, so that nothing takes its place unsaid.
public enum ChoiceChange: StoredChange {
    /// Takes the place of what was chosen before for the same agent, owner and provider.
    case choose(AccountChoice)
    /// As if nobody had ever chosen.
    case takeBack(OrganizationID, AgentID, Owner, ProviderID)
    /// Everything that was chosen among an owner's accounts.
    case forget(OrganizationID, Owner)
}

/// Where choices are read. Changing them is a transaction's.
public protocol ChoiceStore: Sendable {
    /// What was chosen among these accounts, for any agent, by the agent's name.
    func choices(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [AccountChoice]
    /// Every choice of the organization, by agent, owner and provider.
    func choices(in organization: OrganizationID) async throws -> [AccountChoice]
}
