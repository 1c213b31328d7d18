import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Telemetry
import Testing

struct MetricsRouteTests {
    private let registry = MetricRegistry()

    /// Asks `/metrics`, after the given paths.
    private func ask(
        _ headers: HTTPFields = [:], token: String? = nil, after paths: [String] = []
    ) async throws -> (status: Int, type: String?, text: String) {
        let router = Router()
        router.add(middleware: ObservedRequests(HTTPInstruments(registry)))
        router.get("/agents/:agent") { _, _ in "here" }
        router.get("/broken") { _, _ -> String in throw HTTPError(.conflict) }
        MetricsRoute(registry, token: token).addRoutes(to: router)
        return try await Application(router: router, logger: .silent).test(.router) { http in
            for path in paths { _ = try await http.execute(uri: path, method: .get) { $0.status } }
            return try await http.execute(uri: "/metrics", method: .get, headers: headers) { response in
                (response.status.code, response.headers[.contentType], String(buffer: response.body))
            }
        }
    }

    @Test func `metrics are told in the format of Prometheus`() async throws {
        registry.adding(Counter("a_total", "A.")).add(3)
        let answer = try await ask()
        #expect(answer.status == 200)
        #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text.contains("\na_total 3\n"))
    }

    @Test func `requests are counted by the route's template, never by what stands in its place`() async throws {
        let text = try await ask(after: ["/agents/alice", "/agents/bob", "/none/../x", "/broken"]).text
        #expect(text.contains(#"deputy_http_requests_total{route="/agents/{agent}",method="GET",status="200"} 2"#))
        #expect(text.contains(#"deputy_http_requests_total{route="none",method="GET",status="404"} 1"#))
        #expect(text.contains(#"deputy_http_requests_total{route="/broken",method="GET",status="409"} 1"#))
        #expect(text.contains(#"deputy_http_request_seconds_count{route="/agents/{agent}"} 2"#))
        #expect(!text.contains("alice"))
    }

    @Test func `where a token is asked for, nobody reads without it`() async throws {
        #expect(try await ask(token: "a-token-of-some-length").status == 401)
        #expect(try await ask([.authorization: "Bearer another"], token: "a-token-of-some-length").status == 401)
        #expect(
            try await ask([.authorization: "a-token-of-some-length"], token: "a-token-of-some-length").status == 401)
        let right: HTTPFields = [.authorization: "Bearer a-token-of-some-length"]
        #expect(try await ask(right, token: "a-token-of-some-length").status == 200)
    }
}
