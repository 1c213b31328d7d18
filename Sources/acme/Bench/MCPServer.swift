/// A streamable HTTP MCP server without sessions: protocol 2026-07-28, and 2025-11-25 with its handshake.
struct MCPServer: Sendable {
    /// As `tools/list` gives them.
    let tools: @Sendable () -> [JSON]
    /// The result of a call; nil when there is no such tool.
    let call: @Sendable (_ tool: String, _ arguments: JSON?, Token) -> JSON?

    static let modern = "2026-07-28"
    static let legacy = "2025-11-25"
    private static let meta = "io.modelcontextprotocol/"

    func serve(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        guard let message = try? call.json() else { throw Self.fail(400, nil, -32700, "parse error") }
        guard let method = message["method"]?.text else { throw Self.fail(400, nil, -32600, "invalid request") }
        guard let id = message["id"] else { return Answer(202, nil) }
        let parameters = message["params"]
        let claimed = parameters?["_meta"]?[Self.meta + "protocolVersion"]?.text
        let header = call.header("MCP-Protocol-Version")
        guard claimed != nil || header == Self.modern else { return try legacyAnswer(method, id, parameters, token) }
        try Self.checkHeaders(call, method, id, parameters, claimed: claimed, header: header)
        return try modernAnswer(method, id, parameters, token)
    }

    /// Headers repeat the body, and must say the same (2026-07-28, transports).
    private static func checkHeaders(
        _ call: Call, _ method: String, _ id: JSON, _ parameters: JSON?, claimed: String?, header: String?
    ) throws(Answer) {
        guard let claimed, claimed == header, call.header("Mcp-Method") == method,
            method != "tools/call" || call.header("Mcp-Name") == parameters?["name"]?.text
        else { throw fail(400, id, -32020, "headers do not match the body") }
        guard claimed == modern else {
            throw fail(400, id, -32022, "unsupported protocol version", data: ["supported": [.string(modern)]])
        }
    }

    private func modernAnswer(
        _ method: String, _ id: JSON, _ parameters: JSON?, _ token: Token
    ) throws(Answer) -> Answer {
        switch method {
        case "server/discover":
            return Self.success(
                id,
                [
                    "resultType": "complete", "supportedVersions": [.string(Self.modern), .string(Self.legacy)],
                    "capabilities": Self.capabilities, "ttlMs": 60_000, "cacheScope": "private",
                    "_meta": .object([JSON.Member(name: Self.meta + "serverInfo", value: Self.server)]),
                ])
        case "tools/list":
            return Self.success(
                id, ["resultType": "complete", "tools": .array(tools()), "ttlMs": 60_000, "cacheScope": "private"])
        case "tools/call":
            return Self.success(id, try toolResult(id, parameters, token).with("resultType", "complete"))
        default: throw Self.fail(404, id, -32601, "method not found")
        }
    }

    private func legacyAnswer(
        _ method: String, _ id: JSON, _ parameters: JSON?, _ token: Token
    ) throws(Answer) -> Answer {
        switch method {
        case "initialize":
            return Self.success(
                id,
                ["protocolVersion": .string(Self.legacy), "capabilities": Self.capabilities, "serverInfo": Self.server])
        case "ping": return Self.success(id, [:])
        case "tools/list": return Self.success(id, ["tools": .array(tools())])
        case "tools/call": return Self.success(id, try toolResult(id, parameters, token))
        default: throw Self.fail(200, id, -32601, "method not found")
        }
    }

    private func toolResult(_ id: JSON, _ parameters: JSON?, _ token: Token) throws(Answer) -> JSON {
        guard let name = parameters?["name"]?.text, let result = call(name, parameters?["arguments"], token) else {
            throw Self.fail(200, id, -32602, "unknown tool")
        }
        return result
    }

    private static let server: JSON = ["name": "acme", "version": "1.0.0"]
    private static let capabilities: JSON = ["tools": [:]]
    private static func success(_ id: JSON, _ result: JSON) -> Answer {
        Answer(200, ["jsonrpc": "2.0", "id": id, "result": result])
    }

    private static func fail(_ status: Int, _ id: JSON?, _ code: Int, _ message: String, data: JSON? = nil) -> Answer {
        let error: JSON = ["code": .int(code), "message": .string(message)]
        return Answer(
            status, ["jsonrpc": "2.0", "id": id ?? .null, "error": error.with("data", data)], error: message)
    }
}
