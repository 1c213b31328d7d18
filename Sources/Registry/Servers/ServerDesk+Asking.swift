public import Authority
import Gate
import Wire

/// Asking servers for their tools, and comparing what they say with what is pinned.
extension ServerDesk {
    /// Asks for an operator, who may mean to take away what isn't listed any more.
    ///
    /// - Parameter agent: whose connection is used where the server wants a credential; nil uses the one that an agent has,
    ///   where there is just one. No person's ever is.
    /// - Returns: the tools as they are pinned now.
    public func refresh(
        _ name: String, as agent: AgentID? = nil, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> [PinnedTool] {
        let server = try await server(name, organization)
        if let agent {
            let standing = try await administration.requireAgent(agent, in: organization).standing
            guard standing == .active else {
                throw RegistryError(.refused, "the account of `\(agent)` is \(standing.rawValue)")
            }
            guard server.needsConnection else {
                throw RegistryError(.invalid, "`\(name)` wants no credential", hint: "ask it without `--as`")
            }
        }
        let pins = try await ask(server, .operation(administrator, as: agent))
        guard let pins else {
            throw RegistryError(
                .refused, "`\(name)` wants a credential, and no agent has a connection to it",
                hint: "add one with `deputy connections add \(name) --agent NAME`; a person asks on their own page")
        }
        return pins
    }

    /// Asks for a person in their own session, with a connection of their own.
    public func refresh(
        _ name: String, own connection: ConnectionID, of person: PersonID, in organization: OrganizationID
    ) async throws(RegistryError) -> [PinnedTool] {
        let server = try await server(name, organization)
        let standing = try await administration.requirePerson(person, in: organization).standing
        guard standing == .active else {
            throw RegistryError(.refused, "the account of `\(person)` is \(standing.rawValue)")
        }
        guard let pins = try await ask(server, .own(person, connection)) else {
            throw RegistryError(.refused, "`\(name)` wants a credential, and you have no connection to it")
        }
        return pins
    }

    /// Asks, compares, and keeps how it went.
    ///
    /// - Returns: the tools as they are pinned now; nil when the server wants a credential that nobody lends.
    func ask(_ server: RemoteServer, _ lending: Lending) async throws(RegistryError) -> [PinnedTool]? {
        var lent: LentConnection?
        if server.needsConnection {
            lent = try await lend(server, lending)
            guard let lent else { return nil }
            guard lending.mayUse(lent) else {
                throw RegistryError(.refused, "the connection of `\(lent.ownerText)` isn't lent for this")
            }
        }
        var fields: JSONObject = [
            "change": "server.asked", "by": .string(lending.by), "server": .string(server.name),
        ]
        fields["as"] = lent.map { .string($0.ownerText) }
        if case .call(let call, _) = lending { fields["call"] = .string(call.raw) }
        try await administration.commit(
            Transaction(leaves: [try administration.leaf(fields, in: server.organization)]))
        let found: DiscoveredTools
        do throws(RegistryError) {
            found = try await discover(server, lent)
        } catch {
            // Whoever stops the gateway says nothing of the server.
            if !Task.isCancelled { try await note(error, of: server) }
            throw error
        }
        return try await administration.again { () async throws(RegistryError) in
            try await pin(found, of: server, for: lending)
        }
    }

    private func note(_ failure: RegistryError, of asked: RemoteServer) async throws(RegistryError) {
        try await administration.again { () async throws(RegistryError) in
            let unmoved = await administration.reading(.organization(asked.organization))
            guard try await server(asked.name, asked.organization).isSame(as: asked) else { return }
            let before = try await look(at: asked)
            let look = ServerLook(
                organization: asked.organization, server: asked.name, tried: administration.world.now(),
                compared: before?.compared, failure: String(failure.message.prefix(300)),
                missing: before?.missing ?? 0)
            try await administration.commit(Transaction(requires: [unmoved], changes: [ServerChange.look(look)]))
        }
    }

    private func look(at server: RemoteServer) async throws(RegistryError) -> ServerLook? {
        try await looks(in: server.organization).first { $0.server == server.name }
    }

    /// - Parameter asked: the server as it was asked. What another one answered isn't pinned to it.
    private func pin(
        _ found: DiscoveredTools, of asked: RemoteServer, for lending: Lending
    ) async throws(RegistryError) -> [PinnedTool] {
        let (name, organization) = (asked.name, asked.organization)
        let unmoved = await administration.reading(.organization(organization))
        let server = try await server(name, organization)
        guard server.isSame(as: asked) else {
            throw RegistryError(.refused, "`\(name)` was replaced while it was asked", hint: "ask it again")
        }
        let known = try await tools(of: name, organization)
        let pinning = ToolPinning(server: server, known: known, isWithdrawing: lending.isWithdrawing)
        let pins = pinning.pins(found.tools)
        let now = administration.world.now()
        let look = ServerChange.look(
            ServerLook(
                organization: organization, server: name, tried: now, compared: now, failure: nil,
                missing: lending.isWithdrawing ? 0 : pinning.missing(in: found.tools).count))
        var changes: [any StoredChange] = pins.filter { pin in !known.contains(pin) }.map {
            ServerChange.pin(organization, $0)
        }
        if found.isModern != server.isModern {
            changes.append(ServerChange.set(server.speaking(modern: found.isModern)))
        }
        guard !changes.isEmpty else {
            try await administration.commit(Transaction(requires: [unmoved], changes: [look]))
            return pins
        }
        let quarantined = pins.filter { $0.state == .quarantined }.map(\.name)
        try await commit(
            changes + [look], under: [unmoved], "server.pinned",
            ["server": .string(name), "quarantined": .array(quarantined.prefix(200).map { .string($0) })],
            by: lending.by, organization)
        return pins
    }
}
