public import Authority

/// A remote server that says something else of itself than was pinned.
public struct MovedServer: Sendable, Hashable {
    public let server: ProviderID
    /// Tools that somebody had released, and that nobody may call since.
    public let tools: [String]
    /// Where its tokens come from has changed too.
    public let isAuthorizationChanged: Bool
    /// Tools that nobody has ever released, and that could be.
    public let new: [String]
    /// Owners of agents that have a slot for it, each with those agents.
    public let keepers: [PersonID: Set<AgentID>]
}

extension ServerDesk {
    /// Servers that aren't what they were, or have something that nobody has looked at, in the order of their names.
    public func moved(in organization: OrganizationID) async throws(RegistryError) -> [MovedServer] {
        var moved: [MovedServer] = []
        var agents: [AgentView]?
        for server in try await servers(in: organization).sorted(by: { $0.name < $1.name }) {
            let waiting = try await tools(of: server.name, organization).filter { $0.state == .quarantined }
            let tools = waiting.filter { $0.release != nil }
            let new = waiting.filter { $0.release == nil && $0.obstacle == nil }
            let isMoved = server.authorization?.quarantined != nil
            guard !waiting.isEmpty || isMoved else { continue }
            let known = if let agents { agents } else { try await administration.agents(in: organization) }
            agents = known
            let provider = ProviderID(server.name)
            let keepers = known.filter { view in view.definition.slots.contains { $0.provider == provider } }
                .reduce(into: [PersonID: Set<AgentID>]()) { $0[$1.definition.owner, default: []].insert($1.record.id) }
            moved.append(
                MovedServer(
                    server: provider, tools: tools.map(\.name), isAuthorizationChanged: isMoved, new: new.map(\.name),
                    keepers: keepers))
        }
        return moved
    }
}
