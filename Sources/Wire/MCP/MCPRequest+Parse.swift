extension MCPRequest {
    /// Checks one message. The decision is made on the body; headers only have to agree with it.
    ///
    /// A request is modern when its `_meta` names a version, or when the header names 2026-07-28; every other is
    /// legacy, a missing header included. Batches and, in the modern version, responses are refused. Throws what to
    /// answer.
    public static func parse(_ body: JSON, headers: MCPHeaders) throws(MCPFault) -> MCPRequest {
        guard case .object(let message) = body else {
            throw .invalidRequest("the body must be one JSON-RPC request or notification, not a batch")
        }
        guard message["jsonrpc"]?.stringValue == "2.0" else { throw .invalidRequest("`jsonrpc` must be `2.0`") }
        guard let methodValue = message["method"] else { return try response(message, headers) }
        let id = try id(of: message)
        guard case .string(let method) = methodValue else {
            throw .invalidRequest("`method` must be a string", id: id)
        }
        guard message["result"] == nil, message["error"] == nil else {
            throw .invalidRequest("a request has neither `result` nor `error`", id: id)
        }
        let reader = try MCPMessage(method: method, id: id, params: message["params"], headers: headers)
        return MCPRequest(
            version: reader.version, id: id, call: try reader.call(), meta: reader.meta, input: try reader.input())
    }

    private static func id(of message: JSONObject) throws(MCPFault) -> RPCID? {
        guard let value = message["id"] else { return nil }
        guard let id = RPCID(value) else { throw .invalidRequest("`id` must be a string or a whole number") }
        return id
    }

    /// A legacy client may answer a server's request; we never ask, and a modern client never answers.
    private static func response(_ message: JSONObject, _ headers: MCPHeaders) throws(MCPFault) -> MCPRequest {
        guard (message["result"] == nil) != (message["error"] == nil), message["id"] != nil else {
            throw .invalidRequest("`method` is missing")
        }
        guard headers.protocolVersion != MCPVersion.july2026.rawValue else {
            throw .invalidRequest("clients don't send responses in this protocol version")
        }
        return MCPRequest(version: .november2025, id: nil, call: .response)
    }
}

/// A request or notification with its version settled.
private struct MCPMessage {
    let method: String
    let id: RPCID?
    let params: JSONObject
    let meta: JSONObject
    let version: MCPVersion

    init(method: String, id: RPCID?, params: JSON?, headers: MCPHeaders) throws(MCPFault) {
        self.method = method
        self.id = id
        let named = params?["_meta"]?[MCPMeta.protocolVersion]
        version = try Self.version(named, method, id, headers)
        switch params {
        case nil: self.params = [:]
        case .object(let object): self.params = object
        case .some: throw .invalidParams("`params` must be an object", version: version, id: id)
        }
        switch self.params["_meta"] {
        case nil: meta = [:]
        case .object(let object): meta = object
        case .some: throw .invalidParams("`_meta` must be an object", version: version, id: id)
        }
        if version == .july2026 { try checkEnvelope(headers) }
    }

    private static func version(
        _ named: JSON?, _ method: String, _ id: RPCID?, _ headers: MCPHeaders
    ) throws(MCPFault) -> MCPVersion {
        guard let named else {
            if headers.protocolVersion == MCPVersion.july2026.rawValue { return .july2026 }
            // The handshake settles the version, whatever the header of an older client says before it.
            guard method != "initialize", let header = headers.protocolVersion else { return .november2025 }
            guard header == MCPVersion.november2025.rawValue else { throw .unsupportedVersion(header, id: id) }
            return .november2025
        }
        guard case .string(let requested) = named else {
            throw .invalidParams("`\(MCPMeta.protocolVersion)` must be a string", version: .july2026, id: id)
        }
        guard headers.protocolVersion?.hasSameBytes(as: requested) == true else {
            throw .headerMismatch("MCP-Protocol-Version", id: id)
        }
        guard let version = MCPVersion(rawValue: requested) else { throw .unsupportedVersion(requested, id: id) }
        return version
    }

    /// What 2026-07-28 asks of every request: capabilities in the body, method and name in the headers too. It leaves
    /// open what a notification must bring; there, only what is present has to agree.
    private func checkEnvelope(_ headers: MCPHeaders) throws(MCPFault) {
        if id != nil {
            guard meta[MCPMeta.protocolVersion] != nil, meta[MCPMeta.clientCapabilities]?.objectValue != nil else {
                throw .invalidParams(
                    "`_meta` must have `\(MCPMeta.protocolVersion)` and `\(MCPMeta.clientCapabilities)`",
                    version: version,
                    id: id)
            }
        }
        guard headers.method?.hasSameBytes(as: method) ?? (id == nil) else {
            throw .headerMismatch("Mcp-Method", id: id)
        }
        guard let name = namedInHeader else { return }
        guard headers.name.map({ MCPHeaders.decode($0)?.hasSameBytes(as: name) == true }) ?? (id == nil) else {
            throw .headerMismatch("Mcp-Name", id: id)
        }
    }

    /// The parameter that `Mcp-Name` repeats, for the methods that have one.
    private var namedInHeader: String? {
        switch method {
        case "tools/call", "prompts/get": params["name"]?.stringValue
        case "resources/read": params["uri"]?.stringValue
        case "tasks/get", "tasks/update", "tasks/cancel": params["taskId"]?.stringValue
        case _: nil
        }
    }

    func call() throws(MCPFault) -> MCPCall {
        guard id != nil else { return try notification() }
        switch (method, version) {
        case ("tools/call", _):
            return try toolCall()
        case ("tools/list", _):
            return .listTools(cursor: try text("cursor"))
        case ("server/discover", .july2026):
            return .discover
        case ("ping", .november2025):
            return .ping
        case ("initialize", .november2025):
            guard let requested = try text("protocolVersion") else { throw invalid("`protocolVersion` is missing") }
            return .initialize(
                requestedVersion: requested, capabilities: params["capabilities"]?.objectValue ?? [:])
        case ("tasks/get", .july2026), ("tasks/update", .july2026), ("tasks/cancel", .july2026):
            guard let call = MCPTaskCall(rawValue: method), let task = try text("taskId") else {
                throw invalid("`taskId` is missing")
            }
            return .task(call, id: task)
        case _:
            return .other(method: method)
        }
    }

    /// Only the modern version has input; elsewhere these keys mean nothing and are left alone.
    func input() throws(MCPFault) -> MCPInput {
        guard version == .july2026 else { return MCPInput() }
        var actions: [String: String] = [:]
        switch params["inputResponses"] {
        case nil, .null: break
        case .object(let responses):
            for (key, response) in responses.members {
                guard let action = response["action"]?.stringValue else {
                    throw invalid("each of `inputResponses` must have an `action`")
                }
                actions[key] = action
            }
        case .some: throw invalid("`inputResponses` must be an object")
        }
        return MCPInput(state: try text("requestState"), actions: actions)
    }

    private func notification() throws(MCPFault) -> MCPCall {
        switch (method, version) {
        case ("notifications/cancelled", _):
            guard let value = params["requestId"] else { return .cancelled(requestID: nil) }
            guard let requestID = RPCID(value) else { throw invalid("`requestId` must be a string or a whole number") }
            return .cancelled(requestID: requestID)
        case ("notifications/initialized", .november2025):
            return .initialized
        case _:
            return .other(method: method)
        }
    }

    private func toolCall() throws(MCPFault) -> MCPCall {
        guard let name = try text("name") else { throw invalid("`name` is missing") }
        switch params["arguments"] {
        case nil, .null: return .callTool(name: name, arguments: [:])
        case .object(let arguments): return .callTool(name: name, arguments: arguments)
        case .some: throw invalid("`arguments` must be an object")
        }
    }

    /// A string parameter; `null` counts as absent, as some clients write it so.
    private func text(_ key: String) throws(MCPFault) -> String? {
        switch params[key] {
        case nil, .null: nil
        case .string(let text): text
        case .some: throw invalid("`\(key)` must be a string")
        }
    }

    private func invalid(_ message: String) -> MCPFault {
        .invalidParams(message, version: version, id: id)
    }
}
