/// Messages of a client to a server, in either version: what we send to servers of others.
public enum MCPClientMessage {
    /// `tools/call`. The id is echoed in the answer.
    public static func callTool(_ name: String, _ arguments: JSONObject, id: String, isModern: Bool) -> JSON {
        request("tools/call", ["name": .string(name), "arguments": .object(arguments)], id, isModern)
    }

    /// `tools/list`.
    public static func listTools(cursor: String?, id: String, isModern: Bool) -> JSON {
        request("tools/list", cursor.map { ["cursor": .string($0)] } ?? [:], id, isModern)
    }

    /// `initialize` of 2025-11-25. We offer nothing: no roots, no sampling, no elicitation.
    public static func initialize(id: String) -> JSON {
        request(
            "initialize",
            [
                "protocolVersion": .string(MCPVersion.november2025.rawValue), "capabilities": [:],
                "clientInfo": ["name": "deputy", "version": "1"],
            ], id, false)
    }

    /// `notifications/initialized` of 2025-11-25.
    public static let initialized: JSON = ["jsonrpc": "2.0", "method": "notifications/initialized"]

    /// The headers that go with a request, besides those of the session.
    public static func headers(_ method: String, name: String?, isModern: Bool) -> [(name: String, value: String)] {
        var headers = [
            ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
            (
                "MCP-Protocol-Version",
                isModern ? MCPVersion.july2026.rawValue : MCPVersion.november2025.rawValue
            ),
        ]
        if isModern {
            headers.append(("Mcp-Method", method))
            if let name { headers.append(("Mcp-Name", name)) }
        }
        return headers
    }

    private static func request(_ method: String, _ params: JSONObject, _ id: String, _ isModern: Bool) -> JSON {
        var params = params
        if isModern {
            params["_meta"] = [
                MCPMeta.protocolVersion: .string(MCPVersion.july2026.rawValue), MCPMeta.clientCapabilities: [:],
                MCPMeta.clientInfo: ["name": "deputy", "version": "1"],
            ]
        }
        return ["jsonrpc": "2.0", "id": .string(id), "method": .string(method), "params": .object(params)]
    }
}

/// What a server answers, whether as JSON or as a stream of events.
public enum MCPServerMessage {
    /// The response with this id, found in a body of the given media type; nil when it isn't there (yet). What else a server
    /// sends on the stream (requests to the client, notifications) is passed over: we answer none of it.
    public static func response(in body: [UInt8], mediaType: String, id: String) -> JSON? {
        guard mediaType.lowercased().hasPrefix("text/event-stream") else {
            guard let message = try? JSON.parse(body, limits: .upstream), isResponse(message, id) else { return nil }
            return message
        }
        var stream = MCPEventStream(id: id)
        return stream.push(body)
    }

    /// Whether a stream told, before its response, that the server's list of tools has changed
    /// (`notifications/tools/list_changed`).
    public static func saysToolsChanged(in body: [UInt8], mediaType: String) -> Bool {
        guard mediaType.lowercased().hasPrefix("text/event-stream"),
            body.holds(Array(MCPEventStream.toolsChanged.utf8))
        else { return false }
        var stream = MCPEventStream(id: "")
        _ = stream.push(body)
        return stream.saysToolsChanged
    }

    static func isResponse(_ message: JSON, _ id: String) -> Bool {
        // A server that couldn't read the id answers with null.
        (message["id"]?.stringValue == id || message["id"]?.isNull == true && message["error"] != nil)
            && message["method"] == nil
    }
}

/// Looks for one response in a stream of events (HTML, server-sent events: lines of `data:`, ended by an empty line), as it
/// comes. Each byte is looked at once, however small the pieces are.
public struct MCPEventStream: Sendable {
    private let id: String
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private(set) var saysToolsChanged = false

    static let toolsChanged = "notifications/tools/list_changed"

    public init(id: String) {
        self.id = id
    }

    /// The response, when this piece ends its event.
    public mutating func push(_ piece: [UInt8]) -> JSON? {
        for byte in piece {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if let response = endLine() { return response }
        }
        return nil
    }

    private mutating func endLine() -> JSON? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer {
                data.removeAll(keepingCapacity: true)
                hasData = false
            }
            guard hasData, let message = try? JSON.parse(data, limits: .upstream) else { return nil }
            if message["method"]?.stringValue == MCPEventStream.toolsChanged { saysToolsChanged = true }
            guard MCPServerMessage.isResponse(message, id) else { return nil }
            return message
        }
        guard line.starts(with: MCPEventStream.field) else { return nil }
        if hasData { data.append(UInt8(ascii: "\n")) }
        let value = line.dropFirst(MCPEventStream.field.count)
        data += value.first == UInt8(ascii: " ") ? value.dropFirst() : value
        hasData = true
        return nil
    }

    private static let field = Array("data:".utf8)
}

extension JSONLimits {
    /// For what servers of others answer.
    fileprivate static let upstream = JSONLimits(bytes: 4 << 20, depth: 64, members: 400_000)
}
