import Authority
import Synchronization
public import Turns

/// Asks a model in the way in which its endpoint is spoken to. A reply is whole or none: a stream that ends before its
/// end is a failure, although some of its text was heard.
public struct ModelClients: ModelClient {
    private let transport: any ModelTransport

    public init(transport: any ModelTransport) {
        self.transport = transport
    }

    public func ask(
        _ request: ModelRequest, at endpoint: ModelEndpoint, heard: @escaping @Sendable (String) async -> Void
    ) async throws(ModelFailure) -> ModelReply {
        let talk = Conversation(request)
        switch endpoint.speaks {
        case .anthropic:
            return try await ask(
                AnthropicMessages.request(talk, at: endpoint), AnthropicReader(), talk, endpoint, heard)
        case .chat:
            return try await ask(ChatCompletions.request(talk, at: endpoint), ChatReader(), talk, endpoint, heard)
        case .responses:
            return try await ask(ResponsesAPI.request(talk, at: endpoint), ResponsesReader(), talk, endpoint, heard)
        case .offline:
            let reply = OfflinePlanner.reply(to: request)
            if !reply.text.isEmpty { await heard(reply.text) }
            return reply
        }
    }

    private func ask(
        _ request: ModelHTTPRequest, _ reader: some ReplyReader, _ talk: Conversation, _ endpoint: ModelEndpoint,
        _ heard: @escaping @Sendable (String) async -> Void
    ) async throws(ModelFailure) -> ModelReply {
        let stream = Mutex(ReplyStream(reader, names: talk.names))
        let answer: ModelHTTPAnswer
        do {
            answer = try await transport.post(request, at: endpoint) { bytes async throws(ModelFailure) in
                // What was read before a fault is heard all the same: it came before it.
                let (pieces, fault) = stream.withLock { $0.push(bytes) }
                for piece in pieces { await heard(piece) }
                if let fault { throw fault }
            }
        } catch {
            // A connection that ends badly after the reply's own end has lost nothing.
            guard let reply = stream.withLock({ $0.whole }) else { throw error }
            return reply
        }
        guard answer.status == 200 else { throw ProviderError(answer).failure }
        return try stream.withLock { stream throws(ModelFailure) in try stream.finish() }
    }
}
