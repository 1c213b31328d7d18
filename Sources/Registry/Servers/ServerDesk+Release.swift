public import Authority
import Gate
public import Wire

/// A tool of a remote server that a person may release.
public struct ReleasableTool: Sendable {
    public let tool: PinnedTool
    public let server: RemoteServer
    /// The agents that have the tool once it is released, unless their policy says otherwise.
    public let agents: [AgentID]

    public var name: String { "\(tool.server).\(tool.name)" }
}

/// Releasing tools, and who may.
extension ServerDesk {
    /// Says what a tool does, and so lets agents call it: this definition and no other. A person in their own session must
    /// own every agent that gets it.
    ///
    /// - Parameter shown: the digest of the definition that was looked at, where somebody looked.
    public func release(
        _ name: String, effect: Effect, roles: [String: Role], shown: Digest? = nil, by administrator: Administrator,
        in organization: OrganizationID
    ) async throws(RegistryError) -> PinnedTool {
        var unmoved = await [administration.reading(.organization(organization))]
        unmoved += try await requireRelease(of: name, by: administrator, in: organization)
        let tool = try await tool(name, in: organization)
        if let shown, shown != tool.digest {
            throw RegistryError(.refused, "`\(name)` has changed since you looked", hint: "look at it again")
        }
        if tool.isWithdrawn { throw RegistryError(.refused, "`\(name)` isn't listed by its server any more") }
        if let obstacle = tool.obstacle { throw RegistryError(.refused, "`\(name)` can't be released: \(obstacle)") }
        let arguments = tool.definition["inputSchema"]?["properties"]?.objectValue?.keys ?? []
        for argument in roles.keys.sorted() where !arguments.contains(argument) {
            throw RegistryError(
                .invalid, "`\(name)` has no argument `\(argument)`",
                hint: suggestion(for: argument, among: Array(arguments))
                    ?? "its arguments are \(arguments.joined(separator: ", "))")
        }
        if effect == .send || effect == .share, !roles.values.contains(.destination) {
            throw RegistryError(
                .invalid, "`\(name)` is to \(effect.rawValue), and none of its arguments says to whom",
                hint: "add `--role ARGUMENT=destination`")
        }
        let released = PinnedTool(
            server: tool.server, name: tool.name, definition: tool.definition,
            release: PinnedTool.Release(
                digest: tool.digest, definition: tool.definition, effect: effect, roles: roles, by: administrator.text),
            isWithdrawn: false, obstacle: nil, scopes: tool.scopes)
        try await commit(
            [ServerChange.pin(organization, released)], under: unmoved, "tool.released",
            [
                "tool": .string("\(tool.server).\(tool.name)"), "digest": .string(tool.digest.hex),
                "effect": .string(effect.rawValue),
                "roles": .object(
                    JSONObject(roles.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.rawValue)) })),
            ], administrator, organization)
        return released
    }

    /// The tools that this person may release, whatever their state. Releasing widens every agent with a slot for the
    /// server, so it is for whoever owns all of them; a server that no agent names is the operator's alone.
    public func releasable(
        by person: PersonID, in organization: OrganizationID
    ) async throws(RegistryError) -> [ReleasableTool] {
        var found: [ReleasableTool] = []
        let agents = try await administration.agents(in: organization)
        for server in try await servers(in: organization) {
            let naming = naming(server.name, among: agents)
            guard isForOwner(person, of: naming) else { continue }
            let ids = naming.map(\.record.id).sorted()
            found += try await tools(of: server.name, organization).map {
                ReleasableTool(tool: $0, server: server, agents: ids)
            }
        }
        return found
    }

    /// What must still hold when the release is committed.
    ///
    /// - Throws: when this administrator is a person who may not release tools of the server. They learn nothing of it.
    func requireRelease(
        of tool: String, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> [EpochReading] {
        guard let person = administrator.person else { return [] }
        let server = String(tool.prefix { $0 != "." })
        let standing = await administration.reading(.person(organization, person))
        let record = try await administration.requirePerson(person, in: organization)
        // Which agents there are is read first, then their epochs, then what they are.
        let ids = naming(server, among: try await administration.agents(in: organization)).map(\.record.id)
        let unmoved = await administration.readings(of: ids.map { .agent(organization, $0) })
        let naming = naming(server, among: try await administration.agents(in: organization))
        guard record.standing == .active, naming.map(\.record.id) == ids, isForOwner(person, of: naming) else {
            throw RegistryError(.unknown, "no tool that you may release is called `\(tool)`")
        }
        return [standing] + unmoved
    }

    private func isForOwner(_ person: PersonID, of agents: [AgentView]) -> Bool {
        !agents.isEmpty && agents.allSatisfy { $0.definition.owner == person }
    }

    private func naming(_ server: String, among agents: [AgentView]) -> [AgentView] {
        agents.filter { agent in agent.definition.slots.contains { $0.provider == ProviderID(server) } }
    }
}
