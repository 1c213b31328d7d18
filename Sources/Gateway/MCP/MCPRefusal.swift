import Authority
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// A request that got no further than the door: a fault with the headers that its status asks for.
struct MCPRefusal: Error {
    let fault: MCPFault
    var headers: HTTPFields = [:]

    init(_ fault: MCPFault, headers: HTTPFields = [:]) {
        self.fault = fault
        self.headers = headers
    }

    private init(_ status: Int, _ message: String, id: RPCID? = nil, headers: HTTPFields = [:]) {
        fault = MCPFault(httpStatus: status, code: MCPFault.invalidRequestCode, message: message, id: id)
        self.headers = headers
    }

    /// The answer: a JSON-RPC error that is also an HTTP error.
    var response: Response { .json(fault.body, status: .init(code: fault.httpStatus), headers: headers) }
}

extension MCPRefusal {
    /// An agent that doesn't exist, belongs to another organization, or isn't for this person: all answer alike.
    static func noSuchAgent(id: RPCID? = nil) -> MCPRefusal { MCPRefusal(404, "no such agent", id: id) }

    static let methodNotAllowed = MCPRefusal(405, "this endpoint takes POST alone", headers: [.allow: "POST"])
    static let foreignOrigin = MCPRefusal(403, "this origin may not speak to this server")
    static let foreignHost = MCPRefusal(421, "this server doesn't go by that host name")
    static let notJSON = MCPRefusal(415, "the body must be `application/json`, not compressed")
    static let notAcceptable = MCPRefusal(406, "`Accept` must list `application/json` and `text/event-stream`")
    static let tooLarge = MCPRefusal(413, "the body is larger than this server takes")
    static let unfinished = MCPRefusal(400, "the body ended early")

    static func tokenInQuery(challenge: String) -> MCPRefusal {
        MCPRefusal(400, "a token never goes into the URL", headers: [.wwwAuthenticate: challenge])
    }

    static func badCredentials(challenge: String) -> MCPRefusal {
        MCPRefusal(400, "there must be one `Authorization` header", headers: [.wwwAuthenticate: challenge])
    }

    static func unauthenticated(challenge: String) -> MCPRefusal {
        MCPRefusal(401, "a bearer token is needed", headers: [.wwwAuthenticate: challenge])
    }

    static func invalidToken(challenge: String) -> MCPRefusal {
        MCPRefusal(401, "this token isn't valid", headers: [.wwwAuthenticate: challenge])
    }

    static func insufficientScope(challenge: String) -> MCPRefusal {
        MCPRefusal(403, "this token isn't for this agent", headers: [.wwwAuthenticate: challenge])
    }

    static func missingScope(_ effect: Effect, id: RPCID, challenge: String) -> MCPRefusal {
        MCPRefusal(
            403, "the person lets this client do less: it may not \(effect.rawValue)", id: id,
            headers: [.wwwAuthenticate: challenge])
    }

    /// More than this token may send, or has under way.
    static func tooMany(retryAfter seconds: Int) -> MCPRefusal {
        busy(429, "too many requests with this token", seconds)
    }

    /// More than this server bears.
    static let overloaded = busy(503, "the server is busy", 1)

    /// Our own state can't be read. The cause goes to the log.
    static func unavailable(_ message: String, id: RPCID? = nil) -> MCPRefusal {
        busy(503, message, 1, id: id)
    }

    private static func busy(_ status: Int, _ message: String, _ seconds: Int, id: RPCID? = nil) -> MCPRefusal {
        MCPRefusal(
            MCPFault(httpStatus: status, code: MCPFault.internalErrorCode, message: message, id: id),
            headers: [.retryAfter: String(seconds)])
    }
}

extension Response {
    /// An answer in JSON.
    static func json(_ value: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes())))
    }
}
