import Authority
import Broker
import Definition
import Egress
import Gate
import Models
import Turns
import Wire

/// Model calls as errands.
struct ModelErrands: ModelTransport {
    let egress: HTTPEgress

    func post(
        _ request: ModelHTTPRequest, at endpoint: ModelEndpoint,
        received: @escaping @Sendable ([UInt8]) async throws(ModelFailure) -> Void
    ) async throws(ModelFailure) -> ModelHTTPAnswer {
        try await egress.ask(request, at: endpoint, received: received)
    }
}

/// Messages as errands: with the account's connection, at that connection's own host.
struct ChannelErrands {
    let egress: HTTPEgress
    let connections: any ConnectionStore
    let providers: ProviderShelf

    private func errand(
        with connection: ConnectionID, _ body: (ConnectionRecord) async throws(UpstreamFailure) -> UpstreamAnswer
    ) async -> ChannelReply {
        do {
            guard let record = try await connections.connection(connection), record.health == .healthy else {
                return .notSent("the account's connection doesn't work")
            }
            let answer = try await body(record)
            return .answered(ChannelAnswer(status: answer.status, retryAfter: answer.retryAfter, body: answer.body))
        } catch let failure as UpstreamFailure {
            switch failure {
            case .notSent(let reason): return .notSent(reason)
            case .unknown(let reason): return .unknown(reason)
            }
        } catch {
            return .notSent("the gateway can't read its own state")
        }
    }
}

extension ChannelErrands: ChannelTransport {
    func send(_ request: ChannelRequest, with connection: ConnectionID) async -> ChannelReply {
        await errand(with: connection) { record async throws(UpstreamFailure) in
            let target = request.path.split(separator: "?", maxSplits: 1).map(String.init)
            let hasBody = request.body != .null
            let step = Step(
                kind: .effect, method: request.method, path: target[0], query: target.count > 1 ? target[1] : "",
                headers: hasBody ? [Step.Header("Content-Type", "application/json; charset=utf-8")] : [],
                body: hasBody ? request.body.bytes() : [],
                transport: providers.manifest(of: record.provider)?.mail.map { .mail($0.access) } ?? .http)
            return try await egress.deliver(step, for: record.use)
        }
    }
}

extension ChannelErrands: FileTransport {
    func fetch(_ address: String, atMost most: Int, with connection: ConnectionID) async -> ChannelReply {
        await errand(with: connection) { record async throws(UpstreamFailure) in
            try await egress.fetch(address, atMost: most, for: record.use)
        }
    }
}

extension ChannelErrands: UploadTransport {
    func put(_ bytes: [UInt8], at address: String, with connection: ConnectionID) async -> ChannelReply {
        await errand(with: connection) { record async throws(UpstreamFailure) in
            try await egress.put(bytes, at: address, for: record.use)
        }
    }
}
