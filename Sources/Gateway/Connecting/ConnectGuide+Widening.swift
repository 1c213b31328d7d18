import Authority
public import Broker
public import Gate
import Registry

// Connections of agents that are our app itself: there is no page on which anybody could consent to more.
extension ConnectGuide {
    /// Has one asked for anew, for all that the agent's tools need of it.
    ///
    /// - Parameter by: who is told to have done it.
    /// - Returns: what the tools need and wasn't granted.
    /// - Throws: `BrokerError`, `RegistryError`.
    func widen(
        _ id: ConnectionID, of agent: AgentID, at provider: ProviderID, in organization: OrganizationID, by: String,
        with grants: GrantDesk
    ) async throws -> (record: ConnectionRecord, missing: Set<String>) {
        let view = try await administration.agent(agent, in: organization)
        let aim = ConnectAim(
            organization: organization, person: view.definition.owner, owner: .agent(agent), agent: agent,
            provider: provider)
        let (needed, party) = (try await needed(for: aim), try await party(of: aim))
        let record = try await grants.widen(
            id, to: needed,
            for: NewConnection(
                organization: organization, owner: aim.owner, provider: provider, agentOwner: party.agentOwner,
                isSharedWithOwner: false, people: party.people, subjects: view.definition.subjects, by: by,
                under: party.unmoved))
        return (record, needed.subtracting(record.scopes))
    }

    /// After a server has said that a call lacks something: what came of asking for it, where nobody has to consent.
    ///
    /// - Returns: nil where the call is to be decided again as it is.
    public func widened(_ use: ConnectionUse, with grants: GrantDesk) async -> ScopeRefusal? {
        guard case .agent(let agent) = use.facts.owner, await isOurselves(use) else { return nil }
        let (provider, id) = (use.facts.provider, use.facts.id)
        let again = "then has it asked again: `deputy connections widen \(id)`"
        do {
            let missing = try await widen(
                id, of: agent, at: provider, in: use.organization, by: "gateway", with: grants
            ).missing
            guard !missing.isEmpty else { return nil }
            let names = missing.sorted().map { "`\($0)`" }.joined(separator: ", ")
            return ScopeRefusal(
                "`\(provider)` gives our app no \(names)",
                wayOut: "whoever runs this home has it allowed there, " + again)
        } catch {
            return ScopeRefusal(
                "our app couldn't be asked for again at `\(provider)`: \((error as? BrokerError)?.message ?? "\(error)")",
                wayOut: "whoever runs this home looks at `deputy doctor`, " + again)
        }
    }

    private func isOurselves(_ use: ConnectionUse) async -> Bool {
        guard let found = try? await desk.connections.standing(of: use.facts.id, in: use.organization) else {
            return false
        }
        return found.record.isOurselves
    }
}
