/// Builds the JSON-RPC responses of a server, each in the form of its protocol version.
public enum MCPAnswer {
    /// Answers `initialize` (2025-11-25 always: older clients either take it or go away).
    public static func initialize(id: RPCID, server: MCPServerInfo, instructions: String? = nil) -> JSON {
        var result: JSONObject = [
            "protocolVersion": .string(MCPVersion.november2025.rawValue), "capabilities": ["tools": [:]],
            "serverInfo": server.json,
        ]
        if let instructions { result["instructions"] = .string(instructions) }
        return response(id, result)
    }

    /// Answers `server/discover` (2026-07-28): versions, capabilities, and in `_meta` the server. `ttl` is in
    /// milliseconds.
    public static func discover(id: RPCID, server: MCPServerInfo, instructions: String? = nil, ttl: Int = 0) -> JSON {
        var result: JSONObject = [
            "supportedVersions": MCPVersion.supported,
            "capabilities": ["tools": [:], "extensions": [MCPMeta.tasks: [:]]],
        ]
        if let instructions { result["instructions"] = .string(instructions) }
        addCaching(ttl, to: &result)
        complete(&result, server: server, meta: nil)
        return response(id, result)
    }

    /// Answers `tools/list`, in the order of the names' bytes. In 2026-07-28 the list may be kept `ttl` milliseconds by
    /// whoever holds the same token, and by nobody else.
    public static func tools(
        _ tools: [MCPToolDescription], nextCursor: String? = nil, ttl: Int = 0, id: RPCID, version: MCPVersion,
        server: MCPServerInfo? = nil
    ) -> JSON {
        let ordered = tools.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var result: JSONObject = ["tools": .array(ordered.map(\.json))]
        if let nextCursor { result["nextCursor"] = .string(nextCursor) }
        if version == .july2026 {
            addCaching(ttl, to: &result)
            complete(&result, server: server, meta: nil)
        }
        return response(id, result)
    }

    /// Answers `tools/call`. `text` is what a model reads; give the text of `structured` too, for clients that know
    /// text alone. A structured value that isn't an object is left out in 2025-11-25, which has no place for it.
    public static func toolResult(
        text: String, structured: JSON? = nil, isError: Bool = false, meta: JSONObject? = nil, id: RPCID,
        version: MCPVersion,
        server: MCPServerInfo? = nil
    ) -> JSON {
        response(
            id,
            toolOutcome(
                text: text, structured: structured, isError: isError, meta: meta, version: version, server: server))
    }

    /// The result of a tool by itself, as a task brings it.
    public static func toolOutcome(
        text: String, structured: JSON? = nil, isError: Bool = false, meta: JSONObject? = nil, version: MCPVersion,
        server: MCPServerInfo? = nil
    ) -> JSONObject {
        var result: JSONObject = ["content": [["type": "text", "text": .string(text)]]]
        if let structured, version == .july2026 || structured.objectValue != nil {
            result["structuredContent"] = structured
        }
        result["isError"] = .bool(isError)
        switch version {
        case .july2026:
            complete(&result, server: server, meta: meta)
        case .november2025:
            if let meta { result["_meta"] = .object(meta) }
        }
        return result
    }

    /// Answers `tools/call` with what the client has to do first (2026-07-28): links to be opened by a person, each under
    /// a key; none when it is only to come again. `state` comes back with the repeat.
    public static func inputRequired(
        _ links: [MCPLink], state: String, meta: JSONObject? = nil, id: RPCID
    ) -> JSON {
        var result: JSONObject = ["resultType": "input_required", "requestState": .string(state)]
        if let meta, !meta.isEmpty { result["_meta"] = .object(meta) }
        if !links.isEmpty { result["inputRequests"] = requests(links) }
        return response(id, result)
    }

    /// Answers `tools/call` with a task in place of a result, or `tasks/get` with where the task stands.
    public static func task(_ task: MCPTask, isNew: Bool, meta: JSONObject? = nil, id: RPCID) -> JSON {
        var result: JSONObject = [
            "resultType": isNew ? "task" : "complete", "taskId": .string(task.id),
            "status": .string(isNew && task.status.isOver ? "working" : task.status.name),
            "createdAt": .string(task.created), "lastUpdatedAt": .string(task.updated),
            "ttlMs": .number(JSONNumber(task.ttl)), "pollIntervalMs": .number(JSONNumber(2_000)),
        ]
        if let meta, !meta.isEmpty { result["_meta"] = .object(meta) }
        if let message = task.message { result["statusMessage"] = .string(message) }
        if !isNew {
            switch task.status {
            case .working, .cancelled: break
            case .inputRequired(let links): result["inputRequests"] = requests(links)
            case .completed(let outcome): result["result"] = outcome
            }
        }
        return response(id, result)
    }

    private static func requests(_ links: [MCPLink]) -> JSON {
        .object(
            JSONObject(
                links.map { link in
                    (
                        link.key,
                        [
                            "method": "elicitation/create",
                            "params": ["mode": "url", "message": .string(link.message), "url": .string(link.url)],
                        ]
                    )
                }))
    }

    /// Answers what has nothing to say, such as `ping`.
    public static func empty(id: RPCID, version: MCPVersion) -> JSON {
        var result: JSONObject = [:]
        if version == .july2026 { complete(&result, server: nil, meta: nil) }
        return response(id, result)
    }

    private static func addCaching(_ ttl: Int, to result: inout JSONObject) {
        result["ttlMs"] = .number(JSONNumber(max(0, ttl)))
        result["cacheScope"] = "private"
    }

    /// What 2026-07-28 wants on every result.
    private static func complete(_ result: inout JSONObject, server: MCPServerInfo?, meta: JSONObject?) {
        result["resultType"] = "complete"
        var meta = meta ?? [:]
        if let server { meta[MCPMeta.serverInfo] = server.json }
        if !meta.isEmpty { result["_meta"] = .object(meta) }
    }

    private static func response(_ id: RPCID, _ result: JSONObject) -> JSON {
        ["jsonrpc": "2.0", "id": id.json, "result": .object(result)]
    }
}
