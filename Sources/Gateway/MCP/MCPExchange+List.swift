import Authority
import Gate
import Hummingbird
import Wire

extension MCPExchange {
    /// What the gate shows this person of this agent.
    func listing() async -> Listing {
        await server.gate.list(for: request(for: "", [:]))
    }

    /// All tools on one page. An agent that can do nothing for this person says so, and why, in an error: an empty list
    /// would look like an agent without a purpose.
    func tools(after cursor: String?, _ id: RPCID) async throws(MCPRefusal) -> Response {
        guard cursor == nil else {
            throw MCPRefusal(.invalidParams("the list has one page", version: message.version, id: id))
        }
        switch await listing() {
        case .tools(let tools):
            return .json(
                MCPAnswer.tools(
                    tools.map(MCPToolDescription.init), id: id, version: message.version, server: server.info))
        case .nothing(let findings):
            throw MCPRefusal(
                MCPFault(
                    httpStatus: 200, code: Self.nothingCode, message: Self.nothing(findings),
                    data: ["error": .object(ToolReply.error("no_tools", Self.nothing(findings), findings))], id: id))
        case .noSuchAgent:
            throw .noSuchAgent(id: id)
        case .unavailable(let reason):
            throw .unavailable(reason, id: id)
        }
    }

    /// What a client is told on meeting an agent; nil when all is well.
    func instructions(_ id: RPCID) async throws(MCPRefusal) -> String? {
        switch await listing() {
        case .tools: return nil
        case .nothing(let findings): return Self.nothing(findings)
        case .noSuchAgent: throw .noSuchAgent(id: id)
        case .unavailable(let reason): throw .unavailable(reason, id: id)
        }
    }

    /// The error code of an agent that can do nothing for this person; of the range that JSON-RPC leaves to servers.
    private static let nothingCode = -32010

    private static func nothing(_ findings: [Finding]) -> String {
        findings.isEmpty
            ? "this agent offers you no tools" : "this agent can do nothing for you: \(ToolReply.sentences(findings))"
    }
}

extension MCPToolDescription {
    /// The tool as clients see it. The hints say no more than its effect does.
    init(_ tool: CallableTool) {
        let effect = tool.spec.effect
        self.init(
            name: tool.spec.name, title: tool.title, description: tool.text, inputSchema: tool.schema.source,
            annotations: [
                "readOnlyHint": .bool(effect == .read), "destructiveHint": .bool(effect.isDestructive),
                "openWorldHint": true,
            ])
    }
}
