/// A refusal on the level of the protocol: an HTTP status and a JSON-RPC error.
public struct MCPFault: Error, Sendable, Hashable {
    /// The status of the HTTP answer.
    public let httpStatus: Int
    /// The JSON-RPC error code.
    public let code: Int
    /// What is wrong, for the client's developer. Never a secret.
    public let message: String
    /// What the protocol adds to some errors.
    public let data: JSON?
    /// The request's id, where it could be read.
    public let id: RPCID?

    /// Makes a fault.
    public init(httpStatus: Int, code: Int, message: String, data: JSON? = nil, id: RPCID? = nil) {
        self.httpStatus = httpStatus
        self.code = code
        self.message = message
        self.data = data
        self.id = id
    }

    /// The JSON-RPC error response; its id is `null` where the request's couldn't be read.
    public var body: JSON {
        var error: JSONObject = ["code": .number(JSONNumber(code)), "message": .string(message)]
        if let data { error["data"] = data }
        return .object(["jsonrpc": "2.0", "id": id?.json ?? .null, "error": .object(error)])
    }

    /// Headers and body disagree, or a header is missing (2026-07-28).
    public static let headerMismatchCode = -32020
    /// The request needs a capability that the client didn't declare (2026-07-28).
    public static let missingCapabilityCode = -32021
    /// A version that we don't speak (2026-07-28).
    public static let unsupportedVersionCode = -32022
    /// A person has to open a page first (2025-11-25).
    public static let linksRequiredCode = -32042
    /// Not JSON.
    public static let parseErrorCode = -32700
    /// Not one JSON-RPC request or notification.
    public static let invalidRequestCode = -32600
    /// A method that we don't have.
    public static let methodNotFoundCode = -32601
    /// Parameters of the wrong shape; also an unknown tool.
    public static let invalidParamsCode = -32602
    /// Our own failure.
    public static let internalErrorCode = -32603
}

extension MCPFault {
    /// The body isn't JSON that we take.
    public static func unreadable(_ error: JSONError) -> MCPFault {
        MCPFault(httpStatus: 400, code: parseErrorCode, message: error.description)
    }

    /// The body isn't one request or notification.
    public static func invalidRequest(_ message: String, id: RPCID? = nil) -> MCPFault {
        MCPFault(httpStatus: 400, code: invalidRequestCode, message: message, id: id)
    }

    /// The parameters have the wrong shape: status 400 in the modern version, an ordinary error answer in the legacy
    /// one. A notification gets 400 in both, since it has no other answer.
    public static func invalidParams(_ message: String, version: MCPVersion, id: RPCID?) -> MCPFault {
        let status = version == .july2026 || id == nil ? 400 : 200
        return MCPFault(httpStatus: status, code: invalidParamsCode, message: message, id: id)
    }

    /// A header is missing or says something else than the body.
    public static func headerMismatch(_ header: String, id: RPCID?) -> MCPFault {
        MCPFault(
            httpStatus: 400, code: headerMismatchCode,
            message: "the header `\(header)` is missing or doesn't match the body",
            id: id)
    }

    /// A version that we don't speak; the answer lists those that we do.
    public static func unsupportedVersion(_ requested: String, id: RPCID?) -> MCPFault {
        MCPFault(
            httpStatus: 400, code: unsupportedVersionCode, message: "unsupported protocol version",
            data: ["supported": MCPVersion.supported, "requested": .string(requested)], id: id)
    }

    /// The request needs capabilities that the client didn't declare in it.
    public static func missingCapabilities(_ required: JSONObject, id: RPCID?) -> MCPFault {
        MCPFault(
            httpStatus: 400, code: missingCapabilityCode,
            message: "the request needs a capability that the client didn't declare",
            data: ["requiredCapabilities": .object(required)], id: id)
    }

    /// A person has to open these pages before the call can be done (2025-11-25, elicitation in URL mode).
    public static func linksRequired(_ links: [MCPLink], message: String, more: JSONObject, id: RPCID?) -> MCPFault {
        var data = more
        data["elicitations"] = .array(
            links.map {
                [
                    "mode": "url", "elicitationId": .string($0.key), "message": .string($0.message),
                    "url": .string($0.url),
                ]
            })
        return MCPFault(
            httpStatus: 200, code: linksRequiredCode, message: message, data: .object(data), id: id)
    }

    /// Our own failure. Its cause goes to the log, never here.
    public static func internalError(id: RPCID?) -> MCPFault {
        MCPFault(httpStatus: 500, code: internalErrorCode, message: "internal error", id: id)
    }
}
