import Authority
import Models
import Synchronization
import Turns
import Wire

/// A model server that sends what it was given, in these pieces.
struct ScriptedServer: ModelTransport {
    var status = 200
    var retryAfter: Int?
    var pieces: [[UInt8]] = []
    var body: [UInt8] = []
    /// What the connection ends with, after the pieces.
    var ends: ModelFailure?
    let asked = Asked()

    final class Asked: Sendable {
        private let seen = Mutex<(requests: [ModelHTTPRequest], sent: Int)>(([], 0))

        var requests: [ModelHTTPRequest] { seen.withLock { $0.requests } }
        /// How many pieces were sent.
        var sent: Int { seen.withLock { $0.sent } }

        func note(_ request: ModelHTTPRequest) { seen.withLock { $0.requests.append(request) } }

        func count() { seen.withLock { $0.sent += 1 } }
    }

    func post(
        _ request: ModelHTTPRequest, at endpoint: ModelEndpoint,
        received: @escaping @Sendable ([UInt8]) async throws(ModelFailure) -> Void
    ) async throws(ModelFailure) -> ModelHTTPAnswer {
        asked.note(request)
        for piece in pieces {
            asked.count()
            try await received(piece)
        }
        if let ends { throw ends }
        return ModelHTTPAnswer(status: status, retryAfter: retryAfter, body: body)
    }
}

/// What was heard of a reply.
final class Ear: Sendable {
    private let pieces = Mutex<[String]>([])

    var heard: [String] { pieces.withLock { $0 } }

    func hear(_ piece: String) { pieces.withLock { $0.append(piece) } }
}

func endpoint(_ speaks: ModelProtocol, base: String = "http://127.0.0.1:8000") -> ModelEndpoint {
    ModelEndpoint(ModelSlot(name: "m", speaks: speaks, model: "m-1", base: base, longestReply: 400), key: nil)
}

let question = ModelRequest(system: "", messages: [.user("Hello")], tools: [])

/// What comes of a server's answer.
func outcome(
    of server: ScriptedServer, _ speaks: ModelProtocol, _ request: ModelRequest = question, ear: Ear = Ear()
) async -> Result<ModelReply, ModelFailure> {
    do throws(ModelFailure) {
        return .success(
            try await ModelClients(transport: server).ask(request, at: endpoint(speaks)) { ear.hear($0) })
    } catch {
        return .failure(error)
    }
}

extension Result where Success == ModelReply, Failure == ModelFailure {
    var reply: ModelReply? { try? get() }

    var failure: ModelFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }

    var isLater: Bool {
        if case .failure(.later) = self { true } else { false }
    }

    var isRefused: Bool {
        if case .failure(.refused) = self { true } else { false }
    }

    var isTooLong: Bool {
        if case .failure(.tooLong) = self { true } else { false }
    }
}
