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
    /// Whose connection goes along when a server that wants a credential is asked for its tools.
    let lend: @Sendable (RemoteServer, Lending) async throws(RegistryError) -> LentConnection?
    let discover: @Sendable (RemoteServer, LentConnection?) async throws(RegistryError) -> DiscoveredTools
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
        lend: @escaping @Sendable (RemoteServer, Lending) async throws(RegistryError) -> LentConnection? = {
            _, _ throws(RegistryError) in nil
        },
        discover: @escaping @Sendable (RemoteServer, LentConnection?) async throws(RegistryError) -> DiscoveredTools
    ) {
        self.administration = administration
        self.store = store
        self.bundled = bundled
        self.callable = callable
        self.lend = lend
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

    /// How it went when each server was last asked.
    public func looks(in organization: OrganizationID) async throws(RegistryError) -> [ServerLook] {
        try await administration.read { try await store.serverLooks(in: organization) }
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
        try await commit(changes, under: unmoved, what, fields, by: administrator.text, organization)
    }

    func commit(
        _ changes: [any StoredChange], under unmoved: [EpochReading], _ what: String, _ fields: JSONObject,
        by who: String, _ organization: OrganizationID
    ) async throws(RegistryError) {
        var fields = fields
        fields["change"] = .string(what)
        fields["by"] = .string(who)
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
