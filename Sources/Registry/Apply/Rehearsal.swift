public import Authority
public import Gate

/// What decisions would stand on if definition files were applied now. Nothing is written.
public struct Rehearsal: Sendable {
    public let plan: Plan
    let agents: [AgentID: Subject]
    let organization: OrganizationRecord
    /// As the files would leave them.
    let people: [PersonRecord]
    let reader: FactsReader
    let now: Timestamp

    public func knows(_ person: PersonID) -> Bool { people.contains { $0.id == person } }

    /// Nil for an agent that the files don't name.
    public func facts(for request: ToolCallRequest) async throws -> AuthorityFacts? {
        guard let agent = agents[request.agent] else { return nil }
        let client = try await reader.client(of: request)
        return try await reader.facts(for: request, organization, agent, ListedPeople(people), client, [])
            .narrowed(to: request.ceiling, isExpired: now >= client.expires)
    }
}
