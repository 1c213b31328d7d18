/// One JSON-RPC message of a client, checked: its version settled, its headers in agreement with its body.
public struct MCPRequest: Sendable {
    /// The version to answer in.
    public let version: MCPVersion
    /// What the answer repeats; nil for a notification, which gets status 202 and no body.
    public let id: RPCID?
    /// What is asked for.
    public let call: MCPCall
    /// `params._meta`; empty when there is none.
    public let meta: JSONObject

    /// Makes a request.
    public init(version: MCPVersion, id: RPCID?, call: MCPCall, meta: JSONObject = [:]) {
        self.version = version
        self.id = id
        self.call = call
        self.meta = meta
    }

    /// The client's capabilities for this request (modern); empty when it named none.
    public var clientCapabilities: JSONObject {
        meta[MCPMeta.clientCapabilities]?.objectValue ?? [:]
    }

    /// The fault for a method that we don't have: status 404 in the modern version, an ordinary error answer in the
    /// legacy one.
    public var methodNotFound: MCPFault {
        MCPFault(
            httpStatus: version == .july2026 ? 404 : 200, code: MCPFault.methodNotFoundCode,
            message: "method not found", id: id)
    }
}

/// What a client asks for.
public enum MCPCall: Sendable {
    /// `initialize` (legacy). Answer with 2025-11-25, whatever was requested.
    case initialize(requestedVersion: String)
    /// `notifications/initialized` (legacy).
    case initialized
    /// `ping` (legacy).
    case ping
    /// `server/discover` (modern).
    case discover
    /// `tools/list`.
    case listTools(cursor: String?)
    /// `tools/call`. Absent arguments are an empty object.
    case callTool(name: String, arguments: JSONObject)
    /// `notifications/cancelled`. An id names nothing but one of this client's own requests.
    case cancelled(requestID: RPCID?)
    /// A client's answer to a server's request (legacy). We never ask, so it is taken with status 202 and forgotten.
    case response
    /// Any other method, known to the protocol or not: `methodNotFound` for a request, status 202 for a notification.
    case other(method: String)
}

/// The keys of `_meta` that the protocol reserves.
public enum MCPMeta {
    /// The version of a request (modern).
    public static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    /// The capabilities of the client for a request (modern).
    public static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    /// The client software, as it says of itself (modern). Never a ground for a decision.
    public static let clientInfo = "io.modelcontextprotocol/clientInfo"
    /// The server software, in results (modern).
    public static let serverInfo = "io.modelcontextprotocol/serverInfo"
}
