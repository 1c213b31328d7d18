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
    /// What a client brings back when it repeats a call that needed input (modern).
    public let input: MCPInput

    /// Makes a request.
    public init(
        version: MCPVersion, id: RPCID?, call: MCPCall, meta: JSONObject = [:], input: MCPInput = MCPInput()
    ) {
        self.version = version
        self.id = id
        self.call = call
        self.meta = meta
        self.input = input
    }

    /// The client's capabilities for this request (modern); empty when it named none.
    public var clientCapabilities: JSONObject {
        meta[MCPMeta.clientCapabilities]?.objectValue ?? [:]
    }

    /// Whether the client opens links for a person (elicitation in URL mode).
    public var opensLinks: Bool { clientCapabilities.opensLinks }

    /// Whether the client takes a task in place of a result.
    public var takesTasks: Bool { clientCapabilities["extensions"]?[MCPMeta.tasks]?.objectValue != nil }

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
    case initialize(requestedVersion: String, capabilities: JSONObject)
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
    /// `tasks/get`, `tasks/update` or `tasks/cancel` (modern, extension `io.modelcontextprotocol/tasks`).
    case task(MCPTaskCall, id: String)
    /// `notifications/cancelled`. An id names nothing but one of this client's own requests.
    case cancelled(requestID: RPCID?)
    /// A client's answer to a server's request (legacy). We never ask, so it is taken with status 202 and forgotten.
    case response
    /// Any other method, known to the protocol or not: `methodNotFound` for a request, status 202 for a notification.
    case other(method: String)
}

/// What is asked of a task.
public enum MCPTaskCall: String, Sendable, CaseIterable {
    case get = "tasks/get"
    case update = "tasks/update"
    case cancel = "tasks/cancel"
}

/// A client's answers to the input that a result asked for. All of it is the client's word and proves nothing.
public struct MCPInput: Sendable, Hashable {
    /// `requestState`, echoed.
    public let state: String?
    /// The action of each answer, by the key of its request: `accept`, `decline` or `cancel`.
    public let actions: [String: String]

    /// The input of a first attempt is empty.
    public init(state: String? = nil, actions: [String: String] = [:]) {
        self.state = state
        self.actions = actions
    }
}

/// The keys of `_meta` that the protocol reserves.
public enum MCPMeta {
    /// The version of a request (modern).
    public static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    /// The capabilities of the client for a request (modern).
    public static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    /// The client software, as it says of itself (modern). Never a ground for a decision.
    public static let clientInfo = "io.modelcontextprotocol/clientInfo"
    /// The extension for results that take long (modern).
    public static let tasks = "io.modelcontextprotocol/tasks"
    /// The server software, in results (modern).
    public static let serverInfo = "io.modelcontextprotocol/serverInfo"
    /// The ledger's signed receipt, in results and in the data of errors that ask for something (ours).
    public static let receipt = "dev.deputy/receipt"
}

extension JSONObject {
    /// Whether these client capabilities hold elicitation in URL mode.
    public var opensLinks: Bool { self["elicitation"]?["url"]?.objectValue != nil }
}
