import Authority
import Broker
import HTTPTypes
import Hummingbird
import Testing
import Turns
import Wire

@testable import Egress

/// What a model server says of when and where it is asked.
struct ModelServerTests {
    private static func egress() -> HTTPEgress {
        HTTPEgress(
            credentials: NoCredentials(), addresses: AddressPolicy(allowLoopback: true), resolver: SystemResolver(),
            limits: EgressLimits(), secrets: LiveSecrets(), userAgent: "test", log: quiet)
    }

    private static func ask(
        _ base: String, _ speaks: ModelProtocol = .chat, _ path: String = "/v1/chat/completions"
    ) async throws -> ModelHTTPAnswer {
        let egress = egress()
        let slot = ModelSlot(name: "m", speaks: speaks, model: "m", base: base)
        let answer = try await egress.ask(
            ModelHTTPRequest(path: path, headers: [], body: [:]), at: ModelEndpoint(slot, key: nil)
        ) { _ in }
        try await egress.shutdown()
        return answer
    }

    @Test(arguments: [
        (["retry-after": "7"], 7), (["retry-after": "1.2"], 2), (["retry-after-ms": "1500", "retry-after": "9"], 2),
        ([:], nil),
    ])
    func `a wait that its headers ask for arrives, also in parts of a second`(headers: [String: String], wait: Int?)
        async throws
    {
        let router = Router()
        router.post("/v1/chat/completions") { _, _ in
            var fields = HTTPFields()
            for (name, value) in headers {
                if let name = HTTPField.Name(name) { fields[name] = value }
            }
            return Response(status: .tooManyRequests, headers: fields)
        }
        try await serving(router) { origin in
            let answer = try await Self.ask(origin)
            #expect(answer.status == 429 && answer.retryAfter == wait)
        }
    }

    @Test(arguments: [
        ("", ModelProtocol.chat, "/v1/chat/completions"), ("/v1", .chat, "/v1/chat/completions"),
        ("/openai/v1", .responses, "/openai/v1/responses"),
        ("/v1beta/openai", .chat, "/v1beta/openai/chat/completions"),
        ("/proxy", .chat, "/proxy/v1/chat/completions"), ("/v1", .anthropic, "/v1/messages"),
        ("/v1/gateway", .anthropic, "/v1/gateway/v1/messages"), ("/vault", .chat, "/vault/v1/chat/completions"),
    ])
    func `a base may have its version as the makers of servers write it`(
        path: String, speaks: ModelProtocol, place: String
    ) async throws {
        let asked: [ModelProtocol: String] = [
            .chat: "/v1/chat/completions", .responses: "/v1/responses", .anthropic: "/v1/messages",
        ]
        let router = Router()
        router.post("**") { request, _ in Response(status: .init(code: request.uri.path == place ? 204 : 404)) }
        try await serving(router) { origin in
            let answer = try await Self.ask(origin + path, speaks, asked[speaks] ?? "")
            #expect(answer.status == 204)
        }
    }
}
