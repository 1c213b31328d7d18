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

    func response() async throws(MCPRefusal) -> Response {
        guard let id = message.id else { return notified() }
        switch message.call {
        case .initialize:
            return .json(
                MCPAnswer.initialize(id: id, server: server.info, instructions: try await instructions(id)))
        case .discover:
            return .json(MCPAnswer.discover(id: id, server: server.info, instructions: try await instructions(id)))
        case .ping:
            return .json(MCPAnswer.empty(id: id, version: message.version))
        case .listTools(let cursor):
            return try await tools(after: cursor, id)
        case .callTool(let name, let arguments):
            return try await call(name, arguments, id)
        case .other, .initialized, .cancelled, .response:
            throw MCPRefusal(message.methodNotFound)
        }
    }

    /// A notification is taken, whatever it says; it may cancel a call of its own token.
    private func notified() -> Response {
        switch message.call {
        case .cancelled(let request?):
            server.waiting.cancel(.init(client: client.client, agent: resource.agent, request: request))
        case .cancelled, .initialized, .response, .other, .initialize, .ping, .discover, .listTools, .callTool:
            break
        }
        return Response(status: .accepted)
    }

    private func call(_ name: String, _ arguments: JSONObject, _ id: RPCID) async throws(MCPRefusal) -> Response {
        let answer = await perform(request(for: name, arguments), id)
        guard let reply = ToolReply(answer, server.links) else {
            // An agent that isn't there answers as one, whatever was asked of it.
            if case .noSuchAgent = await listing() { throw .noSuchAgent(id: id) }
            throw MCPRefusal(.invalidParams("unknown tool: \(name)", version: message.version, id: id))
        }
        return .json(
            MCPAnswer.toolResult(
                text: reply.text, structured: reply.structured, isError: reply.isError, meta: reply.meta, id: id,
                version: message.version))
    }

    /// The gate's answer. The call runs in a task of its own, so that it can be cancelled from outside: by a notification
    /// in 2025-11-25, by hanging up in 2026-07-28. Past the intent, the gate lets nothing cancel it.
    private func perform(_ request: ToolCallRequest, _ id: RPCID) async -> Answer {
        let gate = server.gate
        let task = Task { await gate.perform(request) }
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
            client: client.client, trigger: .call, tool: tool, arguments: arguments)
    }
}
