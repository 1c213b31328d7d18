import Authority
import Gate
import Hummingbird
import NIOCore
import Registry
import Wire

/// One message of an authenticated client, and what it comes to.
struct MCPExchange {
    let server: MCPServer
    let client: AuthenticatedClient
    let resource: MCPResource
    let message: MCPRequest
    let channel: any Channel
    /// `Mcp-Session-Id`, as it came.
    let sessionID: String?
    /// Where the leaves of this exchange went.
    let leaves = LeafCollector()

    func response() async throws(MCPRefusal) -> Response {
        guard let id = message.id else { return notified() }
        switch message.call {
        case .initialize(_, let capabilities):
            let session = server.legacy.id(capabilities, of: client, at: resource)
            return .json(
                MCPAnswer.initialize(id: id, server: server.info, instructions: try await instructions(id)),
                headers: session.map { [.mcpSessionID: $0] } ?? [:])
        case .discover:
            return .json(MCPAnswer.discover(id: id, server: server.info, instructions: try await instructions(id)))
        case .ping:
            return .json(MCPAnswer.empty(id: id, version: message.version))
        case .listTools(let cursor):
            return try await tools(after: cursor, id)
        case .callTool(let name, let arguments):
            return try await call(name, arguments, id)
        case .task(let call, let task):
            return try await answerTask(call, task, id)
        case .other, .initialized, .cancelled, .response:
            throw MCPRefusal(message.methodNotFound)
        }
    }

    /// A notification is taken, whatever it says; it may cancel a call of its own token.
    private func notified() -> Response {
        switch message.call {
        case .cancelled(let request?):
            server.waiting.cancel(.init(client: client.client, agent: resource.agent, request: request))
        case .cancelled, .initialized, .response, .other, .initialize, .ping, .discover, .listTools, .callTool,
            .task:
            break
        }
        return Response(status: .accepted)
    }

    private func call(_ name: String, _ arguments: JSONObject, _ id: RPCID) async throws(MCPRefusal) -> Response {
        let request = request(for: name, arguments)
        if let state = message.input.state, let response = try await resumed(request, state, id) { return response }
        let answer = await perform(request, id)
        if let response = try await waiting(answer, request, id) { return response }
        if case .noSuchTool = answer, case .noSuchAgent = await listing() {
            // An agent that isn't there answers as one, whatever was asked of it.
            throw .noSuchAgent(id: id)
        }
        return try await reply(answer, request, id)
    }

    func reply(_ answer: Answer, _ request: ToolCallRequest, _ id: RPCID) async throws(MCPRefusal) -> Response {
        if let refusal = scopeRefusal(answer, id) { throw refusal }
        guard let reply = ToolReply(answer, await links(for: answer)) else {
            throw MCPRefusal(.invalidParams("unknown tool: \(request.tool)", version: message.version, id: id))
        }
        return .json(
            MCPAnswer.toolResult(
                text: reply.text, structured: reply.structured, isError: reply.isError, meta: meta(of: reply), id: id,
                version: message.version))
    }

    /// Where a person does what the answer waits for. A missing connection has a page of its own, for this person alone.
    func links(for answer: Answer) async -> PageLinks {
        var links = server.links
        guard case .connect(let findings) = answer,
            let provider = findings.first(where: \.isMendedByGoing)?.names.first
        else { return links }
        links.connectWay = await server.settings.connectWay(
            ProviderID(provider), resource.agent, client.person, client.organization)
        return links
    }

    /// `_meta` of a result: what the reply says of itself, and the receipt for what was recorded.
    func meta(of reply: ToolReply) -> JSONObject? {
        guard let receipt = server.gate.receipt(for: leaves) else { return reply.meta }
        var meta = reply.meta ?? [:]
        meta[MCPMeta.receipt] = .string(receipt)
        return meta
    }

    /// The gate's answer. The call runs in a task of its own, so that it can be cancelled from outside: by a notification
    /// in 2025-11-25, by hanging up in 2026-07-28. Past the intent, the gate lets nothing cancel it.
    func perform(_ request: ToolCallRequest, _ id: RPCID) async -> Answer {
        let gate = server.gate
        let leaves = leaves
        let task = Task { await leaves.gathering { await gate.perform(request) } }
        return await withTaskCancellationHandler {
            switch message.version {
            case .november2025:
                let key = WaitingCalls.Key(client: client.client, agent: resource.agent, request: id)
                server.waiting.add(task, as: key)
                defer { server.waiting.remove(task, from: key) }
                return await task.value
            case .july2026:
                server.connections.add(task, on: channel)
                defer { server.connections.remove(task, from: channel) }
                return await task.value
            }
        } onCancel: {
            task.cancel()
        }
    }

    func request(for tool: String, _ arguments: JSONObject) -> ToolCallRequest {
        ToolCallRequest(
            organization: client.organization, agent: resource.agent, requester: .person(client.person),
            client: client.client, ceiling: client.ceiling, trigger: .call, tool: tool, arguments: arguments)
    }
}
