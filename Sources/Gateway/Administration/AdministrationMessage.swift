public import Wire

/// One request to `/v1`, whether it came over the socket or from a command that holds the home itself.
public struct AdministrationRequest: Sendable {
    public let method: String
    /// What follows `/v1`, percent-decoded, in parts.
    public let path: [String]
    public let query: [String: String]
    public let body: JSONObject

    public init(method: String, path: [String], query: [String: String] = [:], body: JSONObject = [:]) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }
}

/// What `/v1` answers.
public struct AdministrationResponse: Sendable {
    /// HTTP status.
    public let status: Int
    public let body: JSON

    public init(status: Int, body: JSON) {
        self.status = status
        self.body = body
    }

    /// `{"error": {"code", "message", "hint"}}`, the one shape of every refusal.
    public static func refusal(_ status: Int, _ code: String, _ message: String, hint: String? = nil) -> Self {
        var error: JSONObject = ["code": .string(code), "message": .string(message)]
        error["hint"] = hint.map { .string($0) }
        return AdministrationResponse(status: status, body: ["error": .object(error)])
    }
}
