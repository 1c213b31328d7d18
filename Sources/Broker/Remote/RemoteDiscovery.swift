public import Authority
import Gate
public import Wire

/// Asks a remote MCP server for its tools. An errand: no tool or agent reaches it.
public struct RemoteDiscovery: Sendable {
    private let errands: any Errands
    private let connections: any ConnectionStore

    public init(errands: any Errands, connections: any ConnectionStore) {
        self.errands = errands
        self.connections = connections
    }

    /// The tools as the server lists them, and whether it speaks 2026-07-28.
    ///
    /// - Parameters:
    ///   - place: what a credential for it is bound to.
    ///   - connection: with which it is asked; nil for a server that wants none.
    public func tools(
        of server: ProviderID, origin: String, path: String, place: String, with connection: ConnectionID?,
        in organization: OrganizationID
    ) async throws(BrokerError) -> (tools: [JSON], isModern: Bool) {
        var use: ConnectionUse?
        if let connection {
            use = try await lender(.this(connection), to: server, at: place, in: organization)?.use
            guard use != nil else { throw BrokerError(.refused, "the connection to `\(server)` isn't there any more") }
        }
        do throws(UpstreamFailure) {
            for isModern in [true, false] {
                if let tools = try await list(origin, path, isModern, use) { return (tools, isModern) }
            }
        } catch {
            switch error {
            case .notSent(let reason), .unknown(let reason):
                throw BrokerError(.unavailable, "`\(server)` can't be asked for its tools: \(reason)")
            }
        }
        throw BrokerError(
            .refused, "`\(server)` doesn't list its tools in a version that we speak",
            hint: "it has to speak MCP 2026-07-28 or 2025-11-25 over streamable HTTP")
    }

    /// Whose connection a server is asked with.
    public enum Choice: Sendable, Hashable {
        /// The only one of this agent; nil means of all agents.
        case only(AgentID?)
        /// An agent's, always the same while it works.
        case anyAgents
        case this(ConnectionID)
    }

    /// The connection that is chosen; nil when there is none. A person's is never among those of all agents.
    ///
    /// - Throws: `refused` when several come into question.
    public func lender(
        _ choice: Choice, to server: ProviderID, at place: String, in organization: OrganizationID
    ) async throws(BrokerError) -> ConnectionRecord? {
        let all: [ConnectionRecord]
        do {
            all = try await connections.connections(in: organization, of: nil)
        } catch {
            throw BrokerError(.unavailable, "the gateway can't read its own state")
        }
        let usable = all.filter { row in
            // A credential goes to the host that it was made for: a server that has moved gets none of the old ones.
            row.provider == server && row.health == .healthy && row.origin == place && choice.holds(row)
        }
        if choice == .anyAgents { return usable.min { $0.id < $1.id } }
        guard usable.count < 2 else {
            let owners = Set(usable.map(\.owner.text)).sorted()
            throw BrokerError(
                .refused,
                "`\(server)` wants a credential, and several come into question: \(owners.joined(separator: ", "))",
                hint: owners.count > 1
                    ? "say whose with `--as agent:NAME`"
                    : "revoke the others with `deputy connections revoke`")
        }
        return usable.first
    }

    /// Nil when the server doesn't speak this version.
    private func list(
        _ origin: String, _ path: String, _ isModern: Bool, _ use: ConnectionUse?
    ) async throws(UpstreamFailure) -> [JSON]? {
        var tools: [JSON] = []
        var cursor: String?
        for page in 0..<20 {
            let id = "list-\(page)"
            let step = Step(
                kind: .probe, method: "POST", path: path, query: "",
                headers: MCPClientMessage.headers("tools/list", name: nil, isModern: isModern).map {
                    Step.Header($0.name, $0.value)
                }, body: MCPClientMessage.listTools(cursor: cursor, id: id, isModern: isModern).bytes(),
                transport: .mcp(MCPCarriage(id: id, isModern: isModern, origin: origin)))
            let answer = try await errands.discover(step, for: use)
            if answer.status == 401 || answer.status == 403 {
                throw .notSent("it \(use == nil ? "wants a" : "refuses the") credential (\(answer.status))")
            }
            let response = MCPServerMessage.response(
                in: answer.body, mediaType: answer.header("content-type") ?? "", id: id)
            guard let listed = response?["result"]?["tools"]?.arrayValue else { return nil }
            tools += listed
            cursor = response?["result"]?["nextCursor"]?.stringValue
            if cursor == nil { break }
        }
        return tools
    }
}

extension RemoteDiscovery.Choice {
    fileprivate func holds(_ row: ConnectionRecord) -> Bool {
        switch (self, row.owner) {
        case (.only(let named?), .agent(let agent)): named == agent
        case (.only(.none), .agent), (.anyAgents, .agent): true
        case (.only, .person), (.anyAgents, .person), (.only, .organization), (.anyAgents, .organization): false
        case (.this(let id), _): row.id == id
        }
    }
}
