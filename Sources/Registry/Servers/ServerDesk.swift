public import Authority
public import Gate
import Ledger
public import OAuth
public import Wire

/// What a server said of its tools.
public struct DiscoveredTools: Sendable {
    public let tools: [JSON]
    public let isModern: Bool

    public init(tools: [JSON], isModern: Bool) {
        self.tools = tools
        self.isModern = isModern
    }
}

/// Remote MCP servers: what they offer is pinned, and nothing of it is callable until a person has said what it does. What
/// changes goes back to quarantine.
public struct ServerDesk: Sendable {
    let administration: Administration
    let store: any ServerStore
    let discover: @Sendable (RemoteServer, Owner?) async throws(RegistryError) -> DiscoveredTools
    /// Asks a server how its tokens are had, of the authorization server of this name where it names several.
    let authorization: @Sendable (RemoteServer, String?) async throws(RegistryError) -> ResourceAuthorization
    /// The tools that don't come from remote servers, and how released ones are made callable.
    let bundled: ToolShelf
    let callable: @Sendable (RemoteTool) -> CallableTool?

    public init(
        administration: Administration, store: any ServerStore, bundled: ToolShelf,
        callable: @escaping @Sendable (RemoteTool) -> CallableTool?,
        authorization:
            @escaping @Sendable (RemoteServer, String?) async throws(RegistryError) -> ResourceAuthorization = {
                server, _ throws(RegistryError) in
                throw RegistryError(.unavailable, "`\(server.name)` can't be asked how it gives out tokens")
            },
        discover: @escaping @Sendable (RemoteServer, Owner?) async throws(RegistryError) -> DiscoveredTools
    ) {
        self.administration = administration
        self.store = store
        self.bundled = bundled
        self.callable = callable
        self.discover = discover
        self.authorization = authorization
    }

    /// Records a server. Its tools are asked for at once where it wants no credential, else when there is one.
    ///
    /// - Parameter url: `https://host/path`, or `http://127.0.0.1:port/path` where the home allows it.
    /// - Parameter wish: where its people connect by signing in: how its tokens are to be had.
    public func add(
        _ name: String, url: String, needsConnection: Bool, authorizing wish: AuthorizationWish? = nil,
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> RemoteServer {
        try administration.checkName(name, what: "a server")
        let unmoved = await administration.reading(.organization(organization))
        if try await servers(in: organization).contains(where: { $0.name == name }) {
            throw RegistryError(
                .exists, "`\(name)` is a server of this home already",
                hint: "remove it first with `deputy servers remove \(name)`: what was released of it goes with it")
        }
        if bundled.catalogue.providers.contains(ProviderID(name)) {
            throw RegistryError(.exists, "`\(name)` is a provider of this home", hint: "give the server another name")
        }
        guard let scheme = url.firstRange(of: "://"),
            let slash = url[scheme.upperBound...].firstIndex(of: "/") ?? Optional(url.endIndex),
            !url[scheme.upperBound..<slash].isEmpty,
            !url.contains(where: { $0 == "?" || $0 == "#" || $0 == "@" || $0 == " " }),
            ["http", "https"].contains(String(url[..<scheme.lowerBound]))
        else {
            throw RegistryError(
                .invalid, "`\(url)` isn't the address of a server", hint: "write `https://host/path`, without a query")
        }
        var server = RemoteServer(
            organization: organization, name: name, origin: String(url[..<slash]),
            path: slash == url.endIndex ? "/" : String(url[slash...]), isModern: true, needsConnection: needsConnection)
        var fields: JSONObject = ["server": .string(name), "url": .string(url)]
        if let wish {
            server = try await authorized(server, wish, administrator)
            for (key, value) in told(of: server).members { fields[key] = value }
        }
        try await commit(
            [ServerChange.set(server)], under: [unmoved], "server.added", fields, administrator, organization)
        return server
    }

    public func remove(
        _ name: String, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        let unmoved = await administration.reading(.organization(organization))
        _ = try await server(name, organization)
        try await commit(
            [ServerChange.remove(organization, name)], under: [unmoved], "server.removed", ["server": .string(name)],
            administrator,
            organization)
    }

    /// Asks a server for its tools and compares them with what is pinned.
    ///
    /// - Parameter owner: whose own connection is used where the server wants a credential; nil uses the one that an agent
    ///   has, where there is just one. The leaf says whose.
    /// - Returns: the tools as they are pinned now.
    public func refresh(
        _ name: String, as owner: Owner? = nil, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> [PinnedTool] {
        let server = try await server(name, organization)
        if let owner { try await requireAsking(owner, server) }
        var fields: JSONObject = [
            "change": "server.asked", "by": .string(administrator.text), "server": .string(name),
        ]
        switch owner {
        case .person(let person): fields["as"] = .string("person:\(person)")
        case .agent(let agent): fields["as"] = .string("agent:\(agent)")
        case .none: break
        }
        try await administration.commit(
            Transaction(leaves: [
                try administration.leaf(fields, in: organization)
            ]))
        let found = try await discover(server, owner)
        return try await administration.again { () async throws(RegistryError) in
            try await pin(found, of: server, by: administrator, in: organization)
        }
    }

    /// Nobody's credential is used for a server that wants none, or by somebody else than the person or an operator.
    private func requireAsking(_ owner: Owner, _ server: RemoteServer) async throws(RegistryError) {
        let (name, standing): (String, Standing) =
            switch owner {
            case .person(let person):
                ("\(person)", try await administration.requirePerson(person, in: server.organization).standing)
            case .agent(let agent):
                ("\(agent)", try await administration.requireAgent(agent, in: server.organization).standing)
            }
        guard standing == .active else {
            throw RegistryError(.refused, "the account of `\(name)` is \(standing.rawValue)")
        }
        guard server.needsConnection else {
            throw RegistryError(
                .invalid, "`\(server.name)` wants no credential", hint: "ask it without `--as`")
        }
    }

    /// - Parameter asked: the server as it was asked. What another one answered isn't pinned to it.
    private func pin(
        _ found: DiscoveredTools, of asked: RemoteServer, by administrator: Administrator,
        in organization: OrganizationID
    ) async throws(RegistryError) -> [PinnedTool] {
        let name = asked.name
        let unmoved = await administration.reading(.organization(organization))
        let server = try await server(name, organization)
        guard server.isSame(as: asked) else {
            throw RegistryError(.refused, "`\(name)` was replaced while it was asked", hint: "ask it again")
        }
        let known = try await tools(of: name, organization)
        let pins = ToolPinning(server: server, known: known).pins(found.tools)
        var changes: [any StoredChange] = pins.filter { pin in !known.contains(pin) }.map {
            ServerChange.pin(organization, $0)
        }
        if found.isModern != server.isModern {
            changes.append(ServerChange.set(server.speaking(modern: found.isModern)))
        }
        guard !changes.isEmpty else { return pins }
        let quarantined = pins.filter { $0.state == .quarantined }.map(\.name)
        try await commit(
            changes, under: [unmoved], "server.pinned",
            ["server": .string(name), "quarantined": .array(quarantined.prefix(200).map { .string($0) })],
            administrator,
            organization)
        return pins
    }

    public func servers(in organization: OrganizationID) async throws(RegistryError) -> [RemoteServer] {
        try await administration.read { try await store.servers(in: organization) }
    }

    public func tools(in organization: OrganizationID) async throws(RegistryError) -> [PinnedTool] {
        var tools: [PinnedTool] = []
        for server in try await servers(in: organization) {
            tools += try await self.tools(of: server.name, organization)
        }
        return tools
    }

    /// The tool of a full name such as `tickets.search`.
    public func tool(_ name: String, in organization: OrganizationID) async throws(RegistryError) -> PinnedTool {
        let all = try await tools(in: organization)
        if let tool = all.first(where: { "\($0.server).\($0.name)" == name }) { return tool }
        let names = all.map { "\($0.server).\($0.name)" }
        throw RegistryError(
            .unknown, "no remote server has a tool `\(name)`",
            hint: suggestion(for: name, among: names) ?? "list them with `deputy tools list`")
    }

    /// Puts what is released on the shelf. At start, and after each change; of two at once the later reading stays.
    public func load(_ organization: OrganizationID) async throws(RegistryError) {
        var read: EpochReading
        repeat {
            read = await administration.reading(.organization(organization))
            try await loadOnce(organization)
        } while await administration.reading(.organization(organization)) != read
    }

    private func loadOnce(_ organization: OrganizationID) async throws(RegistryError) {
        var remote: [CallableTool] = []
        var read: [JSON] = []
        var groups = bundled.catalogue.groups
        let servers = try await servers(in: organization)
        for server in servers {
            let pinned = try await self.tools(of: server.name, organization)
            read.append([server.json, .array(pinned.map(\.json))])
            let tools = pinned.compactMap { $0.remoteTool(of: server) }.compactMap(callable)
            // A server without a released tool is still a provider that slots may name.
            groups["group:\(server.name)"] = tools.map(\.spec.name)
            remote += tools
        }
        administration.shelves.replace(
            bundled.all + remote, groups: groups, remote: Set(servers.map { ProviderID($0.name) }),
            fingerprint: Digest.sha256(of: JSON.array(read).bytes()))
    }

    func server(_ name: String, _ organization: OrganizationID) async throws(RegistryError) -> RemoteServer {
        let all = try await servers(in: organization)
        if let server = all.first(where: { $0.name == name }) { return server }
        throw RegistryError(
            .unknown, "no server is called `\(name)`",
            hint: suggestion(for: name, among: all.map(\.name)) ?? "list them with `deputy servers list`")
    }

    func tools(of server: String, _ organization: OrganizationID) async throws(RegistryError) -> [PinnedTool] {
        try await administration.read { try await store.pinnedTools(of: server, in: organization) }
    }

    func commit(
        _ changes: [any StoredChange], under unmoved: [EpochReading], _ what: String, _ fields: JSONObject,
        _ administrator: Administrator,
        _ organization: OrganizationID
    ) async throws(RegistryError) {
        var fields = fields
        fields["change"] = .string(what)
        fields["by"] = .string(administrator.text)
        try await administration.commit(
            Transaction(
                requires: unmoved, bumps: [.organization(organization)], changes: changes,
                leaves: [try administration.leaf(fields, in: organization)]))
        try await load(organization)
    }
}

extension PinnedTool {
    /// What may be called: the released definition, while it is still the one that the server lists.
    func remoteTool(of server: RemoteServer) -> RemoteTool? {
        guard state == .released, let release else { return nil }
        return RemoteTool(
            server: server.name, origin: server.origin, path: server.path, isModern: server.isModern,
            needsConnection: server.needsConnection, definition: release.definition, effect: release.effect,
            roles: release.roles, place: server.place, scopes: server.authorization == nil ? [] : scopes)
    }
}
