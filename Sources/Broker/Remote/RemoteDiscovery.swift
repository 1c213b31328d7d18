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
    ///   - needsConnection: then the named owner's only connection to it is used. A person's credential isn't used for
    ///     something that they weren't named for.
    ///   - place: what a credential for it is bound to.
    ///   - owner: nil means the agent that has a connection, where there is just one.
    public func tools(
        of server: ProviderID, origin: String, path: String, place: String, needsConnection: Bool, as owner: Owner?,
        in organization: OrganizationID
    ) async throws(BrokerError) -> (tools: [JSON], isModern: Bool) {
        let use = needsConnection ? try await connection(to: server, at: place, of: owner, organization) : nil
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

    private func connection(
        to server: ProviderID, at place: String, of owner: Owner?, _ organization: OrganizationID
    ) async throws(BrokerError) -> ConnectionUse {
        let all: [ConnectionRecord]
        do {
            all = try await connections.connections(in: organization, of: nil)
        } catch {
            throw BrokerError(.unavailable, "the gateway can't read its own state")
        }
        let usable = all.filter { row in
            // A credential goes to the host that it was made for: a server that has moved gets none of the old ones.
            row.provider == server && row.health == .healthy && row.origin == place && row.owner.answers(for: owner)
        }
        guard usable.count < 2 else {
            let owners = Set(usable.map(\.owner.text)).sorted()
            throw BrokerError(
                .refused,
                "`\(server)` wants a credential, and several come into question: \(owners.joined(separator: ", "))",
                hint: owners.count > 1
                    ? "say whose with `--as PERSON` or `--as agent:NAME`"
                    : "revoke the others with `deputy connections revoke`")
        }
        guard let own = usable.first else {
            let (who, flag) =
                switch owner {
                case .person(let person): ("`\(person)` has no", "--person \(person)")
                case .agent(let agent): ("the agent `\(agent)` has no", "--agent \(agent)")
                case .none: ("no agent has a", "--agent NAME")
                }
            throw BrokerError(
                .refused, "`\(server)` wants a credential, and \(who) connection to it",
                hint: "add one with `deputy connections add \(server) \(flag)`, then refresh")
        }
        return own.use
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

extension Owner {
    /// Whether this is the owner that was named. Where nobody was, every agent comes into question, and no person.
    fileprivate func answers(for named: Owner?) -> Bool {
        if let named { return self == named }
        return switch self {
        case .person: false
        case .agent: true
        }
    }
}
