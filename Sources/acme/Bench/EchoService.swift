import HTTPTypes

/// One operation, served as plain HTTP and as an MCP server, so that a gateway and a proxy can be measured alike.
struct EchoService: Service {
    let name = ServiceName.bench

    static let accounts = [Account(service: .bench, owner: "bench", scopes: [], shape: .bench)]

    var routes: [Route<Operation>] {
        [
            Route(.post, "/bench/echo", Operation(name: "bench.echo", run: Self.echo)),
            Route(.post, "/mcp", Operation(name: "bench.mcp", run: Self.server.serve)),
        ]
    }

    private static let server = MCPServer(
        tools: { [tool] },
        call: { name, arguments, _ in
            guard name == "echo" else { return nil }
            guard let result = handle(arguments) else {
                return ["content": [["type": "text", "text": "`text` must be a string"]], "isError": true]
            }
            return [
                "content": [["type": "text", "text": .string(result.line)]], "structuredContent": result,
                "isError": false,
            ]
        })
    private static let tool: JSON = {
        let text: JSON = ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]]
        return [
            "name": "echo", "description": "Gives back the text.", "inputSchema": text, "outputSchema": text,
            "annotations": ["readOnlyHint": true],
        ]
    }()

    func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .noToken, .unknownToken, .revokedToken, .expiredToken:
            Self.no(401, "invalid_token").adding("WWW-Authenticate", "Bearer")
        case .missingScope: Self.no(403, "insufficient_scope")
        case .rateLimited(let seconds): Self.no(429, "rate_limited").adding("Retry-After", String(seconds))
        case .noSuchOperation: Self.no(404, "not_found")
        case .otherMethod: Self.no(405, "method_not_allowed").adding("Allow", "POST")
        case .badBody: Self.no(400, "invalid_body")
        case .fault(let status): Self.no(status, "fault")
        }
    }

    /// What both ways in do: give back the text.
    static func handle(_ arguments: JSON?) -> JSON? {
        guard let text = arguments?["text"]?.text else { return nil }
        return ["text": .string(text)]
    }

    private static func echo(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        guard let body = try? call.json(), let result = handle(body) else { throw no(400, "invalid_body") }
        return Answer(200, result)
    }

    private static func no(_ status: Int, _ error: String) -> Answer {
        Answer(status, ["error": .string(error)], error: error)
    }
}
