import Hummingbird
import NIOCore
import Telemetry
import Testing
import Wire

@testable import Egress

struct CollectorTests {
    @Test(arguments: [
        (200, nil, ExportAnswer.taken), (202, nil, .taken), (400, nil, .refused), (401, nil, .refused),
        (302, nil, .refused), (429, "3", .again(after: .seconds(3))), (503, nil, .again(after: nil)),
        (504, "soon", .again(after: nil)),
    ])
    func `what a collector says is understood, and a redirect isn't followed`(
        _ status: Int, _ retryAfter: String?, _ answer: ExportAnswer
    ) async throws {
        let seen = Seen()
        let router = Router()
        router.post("/v1/traces") { request, _ in
            seen.keep(request)
            var response = Response(status: .init(code: status), headers: [.location: "/elsewhere"])
            response.headers[.retryAfter] = retryAfter
            return response
        }
        router.on("/elsewhere", method: .get) { request, _ in
            seen.keep(request)
            return Response(status: .ok)
        }
        try await serving(router) { origin in
            let client = CollectorClient(
                url: origin + "/v1/traces", headers: [("x-token", "s3cret")], userAgent: "test")
            #expect(await client.send(["resourceSpans": []]) == answer)
            #expect(seen.count == 1)
            #expect(seen.last?["x-token"] == "s3cret")
            #expect(seen.last?["content-type"] == "application/json")
            try await client.shutdown()
        }
    }

    @Test func `where nobody listens it is tried again`() async throws {
        let client = CollectorClient(url: "http://127.0.0.1:1/v1/traces", headers: [], userAgent: "test")
        #expect(await client.send([:]) == .again(after: nil))
        try await client.shutdown()
    }
}
