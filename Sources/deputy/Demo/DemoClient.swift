import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Wire

/// A plain MCP client of one person: streamable HTTP, no session.
struct DemoClient {
    let url: String
    let token: String
    let version: MCPVersion

    /// The result of `tools/call`, or the JSON-RPC error in its place.
    ///
    /// - Parameters:
    ///   - opensLinks: whether the client says that it opens links for its person.
    ///   - state: what it was given when it was told to come back.
    func call(
        _ tool: String, at agent: String, _ arguments: JSONObject, opensLinks: Bool = false, state: String? = nil
    ) async throws -> JSON {
        var params: JSONObject = ["name": .string(tool), "arguments": .object(arguments)]
        if let state { params["requestState"] = .string(state) }
        var request = HTTPClientRequest(url: "\(url)/mcp/\(agent)")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json, text/event-stream")
        request.headers.add(name: "MCP-Protocol-Version", value: version.rawValue)
        switch version {
        case .november2025: break
        case .july2026:
            request.headers.add(name: "Mcp-Method", value: "tools/call")
            request.headers.add(name: "Mcp-Name", value: tool)
            params["_meta"] = [
                "io.modelcontextprotocol/protocolVersion": .string(version.rawValue),
                "io.modelcontextprotocol/clientCapabilities": opensLinks ? ["elicitation": ["url": [:]]] : [:],
                "io.modelcontextprotocol/clientInfo": ["name": "deputy-demo", "version": .string(Version.text)],
            ]
        }
        let message: JSON = ["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": .object(params)]
        request.body = .bytes(message.bytes())
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = try JSON.parse(Array(try await response.body.collect(upTo: 8 << 20).readableBytesView))
        return body["result"] ?? body["error"] ?? body
    }
}
