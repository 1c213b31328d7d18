public import Authority
public import Broker
import Synchronization

extension MemoryState {
    mutating func apply(choice change: ChoiceChange) {
        switch change {
        case .choose(let choice):
            takeBack(choice.organization, choice.agent, choice.owner, choice.provider)
            choices.append(choice)
        case .takeBack(let organization, let agent, let owner, let provider):
            takeBack(organization, agent, owner, provider)
        case .forget(let organization, let owner):
            choices.removeAll { $0.organization == organization && $0.owner == owner }
        }
    }

    private mutating func takeBack(
        _ organization: OrganizationID, _ agent: AgentID, _ owner: Owner, _ provider: ProviderID
    ) {
        choices.removeAll {
            ($0.organization, $0.agent, $0.owner, $0.provider) == (organization, agent, owner, provider)
        }
    }
}

extension MemoryStore: ChoiceStore {
    public func choices(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [AccountChoice] {
        try await choices(in: organization).filter { $0.owner == owner && $0.provider == provider }
    }

    public func choices(in organization: OrganizationID) async throws -> [AccountChoice] {
        state.withLock(\.choices).filter { $0.organization == organization }.sorted { $0.place < $1.place }
    }
}

extension AccountChoice {
    fileprivate var place: (AgentID, String, String, ProviderID) {
        switch owner {
        case .agent(let name): (agent, "agent", name.raw, provider)
        case .person(let name): (agent, "person", name.raw, provider)
        case .organization: (agent, "organization", organization.raw, provider)
        }
    }
}
