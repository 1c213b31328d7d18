import HTTPTypes
import Synchronization

/// A remote MCP server of somebody else's: one tool, whose words may change from one day to the next.
struct TicketsService: Service {
    let name = ServiceName.tickets
    let world: TicketsWorld

    static let accounts = ["alice", "bob", "service"].map {
        Account(service: .tickets, owner: $0, scopes: [], shape: .tickets)
    }

    var routes: [Route<Operation>] {
        [Route(.post, "/mcp", Operation(name: "tickets.mcp", run: server.serve))]
    }

    private var server: MCPServer {
        MCPServer(
            tools: { [world] in [world.tool] },
            call: { name, arguments, token in
                guard name == "search", let query = arguments?["query"]?.text else { return nil }
                let found: JSON = ["owner": .string(token.owner), "found": [.string("ticket about \(query)")]]
                return [
                    "content": [["type": "text", "text": .string(found.line)]], "structuredContent": found,
                    "isError": false,
                ]
            })
    }

    func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .noToken, .unknownToken, .revokedToken, .expiredToken:
            no(401, "invalid_token").adding("WWW-Authenticate", "Bearer error=\"invalid_token\"")
        case .missingScope: no(403, "insufficient_scope")
        case .rateLimited(let seconds): no(429, "rate_limited").adding("Retry-After", String(seconds))
        case .noSuchOperation: no(404, "not_found")
        case .otherMethod: no(405, "method_not_allowed").adding("Allow", "POST")
        case .badBody: no(400, "invalid_body")
        case .fault(let status): no(status, "fault")
        }
    }

    private func no(_ status: Int, _ error: String) -> Answer {
        Answer(status, ["error": .string(error)], error: error)
    }
}

/// What the remote server says of its tool.
final class TicketsWorld: Sendable {
    private let description = Mutex("Finds tickets.")

    func describe(_ text: String) { description.withLock { $0 = text } }

    var tool: JSON {
        [
            "name": "search", "title": "Search tickets", "description": .string(description.withLock { $0 }),
            "inputSchema": ["type": "object", "properties": ["query": ["type": "string"]], "required": ["query"]],
            "annotations": ["readOnlyHint": true],
        ]
    }
}

/// Webhooks that somebody's receiver took.
final class HooksWorld: Sendable {
    private let taken = Mutex<[JSON]>([])

    func take(_ hook: JSON) { taken.withLock { $0.append(hook) } }

    var all: [JSON] { taken.withLock { $0 } }
}
