import Telemetry
import Tracing
import Wire

extension MCPServer {
    /// Has one message answered within a span of its own, named as OpenTelemetry names MCP (semantic conventions for
    /// GenAI, `mcp.*`). Without a tracer it just answers.
    func traced<Value>(
        _ message: MCPRequest, sessionID: String?, _ answer: () async throws(MCPRefusal) -> Value
    ) async throws(MCPRefusal) -> Value {
        guard let tracer else { return try await answer() }
        let around = InstrumentationContext.current
        let (theirs, link) = tracer.beginning(message.meta["traceparent"]?.stringValue)
        // What the message itself names goes before what its transport does, which is then linked.
        let isTheirs = theirs.trace != nil
        let span = tracer.startSpan(
            message.call.spanName, context: isTheirs ? theirs : around ?? .topLevel, ofKind: .server)
        defer { span.end() }
        if let link { span.addLink(link) }
        if isTheirs, let around { span.addLink(SpanLink(context: around, attributes: [:])) }
        describe(message, sessionID, span)
        let result: Result<Value, MCPRefusal> = await InstrumentationContext.withValue(span.context) {
            do throws(MCPRefusal) {
                return .success(try await answer())
            } catch {
                return .failure(error)
            }
        }
        if case .failure(let refusal) = result { span.fail("\(refusal.fault.code)") }
        return try result.get()
    }

    private func describe(_ message: MCPRequest, _ sessionID: String?, _ span: RecordedSpan) {
        guard span.isRecording else { return }
        span.set("mcp.method.name", message.call.method)
        if let tool = message.call.tool {
            span.set("gen_ai.operation.name", "execute_tool")
            span.set("gen_ai.tool.name", tool)
        }
        span.set("mcp.protocol.version", message.version.rawValue)
        span.set("network.transport", "tcp")
        // Recognises the session, and can't be sent in its place.
        span.set("mcp.session.id", sessionID.map { String(Digest.sha256(of: Array($0.utf8)).hex.prefix(16)) })
        switch message.id {
        case .number(let number): span.set("jsonrpc.request.id", number.text)
        case .string(let text): span.set("jsonrpc.request.id", text)
        case .none: break
        }
    }
}

extension MCPCall {
    fileprivate var spanName: String { tool.map { "\(method) \($0)" } ?? method }

    /// The tool that is called, if it is named as tools are: whatever else a client wrote isn't repeated.
    fileprivate var tool: String? {
        guard case .callTool(let name, _) = self, (1...128).contains(name.utf8.count),
            name.utf8.allSatisfy(Self.isNameByte)
        else { return nil }
        return name
    }

    /// The characters of tool names (MCP 2025-11-25, "Tool Names").
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        case _: false
        }
    }

    /// Any other method is whatever the client wrote, so it isn't repeated.
    fileprivate var method: String {
        switch self {
        case .initialize: "initialize"
        case .initialized: "notifications/initialized"
        case .ping: "ping"
        case .discover: "server/discover"
        case .listTools: "tools/list"
        case .callTool: "tools/call"
        case .task(let call, _): call.rawValue
        case .cancelled: "notifications/cancelled"
        case .response: "response"
        case .other: "_OTHER"
        }
    }
}
