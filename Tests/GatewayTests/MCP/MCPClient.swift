import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing
import Wire

/// What came back.
struct Reply {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var json: JSON { (try? JSON.parse(bytes)) ?? .null }
    var code: Int64? { json["error"]?["code"]?.integerValue }
    var message: String? { json["error"]?["message"]?.stringValue }
    /// The structured error of a tool's result.
    var toolError: JSON? { json["result"]?["structuredContent"]?["error"] }
    var text: String? { json["result"]?["content"]?[0]?["text"]?.stringValue }
}

/// Speaks to an MCP server in the way of either version.
struct MCPClient: Sendable {
    let http: any TestClientProtocol
    var token: String? = "alice-token"
    var path = "/mcp/helper"

    static let both = "application/json, text/event-stream"

    func send(
        _ body: String, _ changed: [(String, String?)] = [], method: HTTPRequest.Method = .post, at path: String? = nil
    ) async throws -> Reply {
        var headers: [(String, String)] = [("content-type", "application/json"), ("accept", Self.both)]
        if let token { headers.append(("authorization", "Bearer \(token)")) }
        for (name, _) in changed { headers.removeAll { $0.0 == name } }
        headers += changed.compactMap { name, value in value.map { (name, $0) } }
        var fields = HTTPFields()
        for (name, value) in headers {
            fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return try await http.execute(
            uri: path ?? self.path, method: method, headers: fields, body: ByteBuffer(string: body)
        ) { response in
            Reply(
                status: response.status.code, headers: response.headers, bytes: Array(response.body.readableBytesView))
        }
    }

    /// A request of 2025-11-25.
    func legacy(_ method: String, _ params: String = "{}", id: String = "1") async throws -> Reply {
        try await send(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#,
            [("mcp-protocol-version", "2025-11-25")])
    }

    /// A request of 2026-07-28. `params` are members, without braces.
    func modern(
        _ method: String, _ params: String = "", name: String? = nil, changed: [(String, String?)] = [],
        capabilities: String = "{}"
    ) async throws -> Reply {
        var headers: [(String, String?)] = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)]
        if let name { headers.append(("mcp-name", name)) }
        for (name, _) in changed { headers.removeAll { $0.0 == name } }
        return try await send(Self.modernBody(method, params, capabilities: capabilities), headers + changed)
    }

    static func modernBody(_ method: String, _ params: String, id: String = "1", capabilities: String = "{}") -> String
    {
        let meta = """
            "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
            "io.modelcontextprotocol/clientCapabilities":\(capabilities)}
            """
        return
            #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(params.isEmpty ? "" : params + ",")\#(meta)}}"#
    }

    func call(_ tool: String, _ arguments: String = #"{"id":"p1"}"#, modern: Bool = false) async throws -> Reply {
        let params = #""name":"\#(tool)","arguments":\#(arguments)"#
        return modern
            ? try await self.modern("tools/call", params, name: tool) : try await legacy("tools/call", "{\(params)}")
    }

    func speaking(with token: String?, at path: String? = nil) -> MCPClient {
        MCPClient(http: http, token: token, path: path ?? self.path)
    }
}

/// Runs a test against a server over a fake home.
func withServer(
    _ home: FakeHome, _ setup: TestingSetup = .router, origins: Set<String> = [], limits: MCPLimits = MCPLimits(),
    publicURL: String = "https://deputy.test", now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    _ test: @escaping @Sendable (MCPClient) async throws -> Void
) async throws {
    let router = Router(context: GatewayContext.self)
    let server = MCPServer(
        gate: try home.gate(), tokens: home,
        settings: settings(publicURL, origins, limits), log: .silent, now: now)
    server.addRoutes(to: router)
    HealthRoutes(Readiness()).addRoutes(to: router)
    let application = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil), logger: .silent
    )
    try await application.test(setup) { http in
        try await test(MCPClient(http: http))
    }
}

private func settings(_ publicURL: String, _ origins: Set<String>, _ limits: MCPLimits) -> MCPSettings {
    var settings = MCPSettings(
        publicURL: { publicURL }, defaultOrganization: FakeHome.acme, serverVersion: "1.0",
        origins: AllowedOrigins(origins), limits: limits)
    settings.patience = .zero
    return settings
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
