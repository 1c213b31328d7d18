/// The echo as a streamable HTTP MCP server without sessions: protocol 2026-07-28, and 2025-11-25 with its handshake.
enum MCPServer {
    static let modern = "2026-07-28"
    static let legacy = "2025-11-25"
    private static let meta = "io.modelcontextprotocol/"

    static func serve(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        guard let message = try? call.json() else { throw fail(400, nil, -32700, "parse error") }
        guard let method = message["method"]?.text else { throw fail(400, nil, -32600, "invalid request") }
        guard let id = message["id"] else { return Answer(202, nil) }
        let parameters = message["params"]
        let claimed = parameters?["_meta"]?[meta + "protocolVersion"]?.text
        let header = call.header("MCP-Protocol-Version")
        guard claimed != nil || header == modern else { return try legacyAnswer(method, id, parameters) }
        try checkHeaders(call, method, id, parameters, claimed: claimed, header: header)
        return try modernAnswer(method, id, parameters)
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

    private static func modernAnswer(_ method: String, _ id: JSON, _ parameters: JSON?) throws(Answer) -> Answer {
        switch method {
        case "server/discover":
            return success(
                id,
                [
                    "resultType": "complete", "supportedVersions": [.string(modern), .string(legacy)],
                    "capabilities": capabilities, "ttlMs": 60_000, "cacheScope": "private",
                    "_meta": .object([JSON.Member(name: meta + "serverInfo", value: server)]),
                ])
        case "tools/list":
            return success(
                id, ["resultType": "complete", "tools": [tool], "ttlMs": 60_000, "cacheScope": "private"])
        case "tools/call":
            return success(id, try toolResult(id, parameters).with("resultType", "complete"))
        default: throw fail(404, id, -32601, "method not found")
        }
    }

    private static func legacyAnswer(_ method: String, _ id: JSON, _ parameters: JSON?) throws(Answer) -> Answer {
        switch method {
        case "initialize":
            return success(
                id,
                ["protocolVersion": .string(legacy), "capabilities": capabilities, "serverInfo": server])
        case "ping": return success(id, [:])
        case "tools/list": return success(id, ["tools": [tool]])
        case "tools/call": return success(id, try toolResult(id, parameters))
        default: throw fail(200, id, -32601, "method not found")
        }
    }

    private static func toolResult(_ id: JSON, _ parameters: JSON?) throws(Answer) -> JSON {
        guard parameters?["name"]?.text == "echo" else { throw fail(200, id, -32602, "unknown tool") }
        guard let result = EchoService.handle(parameters?["arguments"]) else {
            return ["content": [["type": "text", "text": "`text` must be a string"]], "isError": true]
        }
        return [
            "content": [["type": "text", "text": .string(result.line)]], "structuredContent": result,
            "isError": false,
        ]
    }

    private static let server: JSON = ["name": "acme", "version": "1.0.0"]
    private static let capabilities: JSON = ["tools": [:]]
    private static let tool: JSON = {
        let text: JSON = ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]]
        return [
            "name": "echo", "description": "Gives back the text.", "inputSchema": text, "outputSchema": text,
            "annotations": ["readOnlyHint": true],
        ]
    }()

    private static func success(_ id: JSON, _ result: JSON) -> Answer {
        Answer(200, ["jsonrpc": "2.0", "id": id, "result": result])
    }

    private static func fail(_ status: Int, _ id: JSON?, _ code: Int, _ message: String, data: JSON? = nil) -> Answer {
        let error: JSON = ["code": .int(code), "message": .string(message)]
        return Answer(
            status, ["jsonrpc": "2.0", "id": id ?? .null, "error": error.with("data", data)], error: message)
    }
}
