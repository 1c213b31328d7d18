import Authority
import Gate
import Gateway
import Registry
import Turns

/// An agent's documents and models, and whether it is everybody's.
struct StoredProfiles: AgentProfiles {
    let facts: RegistryFacts
    let workspaces: Workspaces

    func profile(of agent: AgentID, in organization: OrganizationID) async throws -> AgentProfile? {
        guard let mandate = try await facts.mandate(of: agent, in: organization) else { return nil }
        let documents = workspaces.read(agent)
        let system = ["AGENTS.md", "SOUL.md", "USER.md"].compactMap { documents[$0] }.joined(separator: "\n\n")
        let isOwn: Bool =
            switch mandate.definition.actsAs {
            case .claw, .delegate: true
            case .assistant, nil: false
            }
        return AgentProfile(
            system: system, models: try await facts.models(of: mandate),
            isOpen: isOwn && mandate.definition.users == .everyone,
            tokensPerDay: mandate.definition.budget.tokensPerDay,
            tokensPerPersonPerDay: mandate.definition.budget.tokensPerPersonPerDay)
    }
}
