public import Wire

/// Asks a model. Implemented by Models; what it sends goes through ``ModelTransport``.
public protocol ModelClient: Sendable {
    /// - Parameter heard: called with each piece of text as it arrives, in order.
    func ask(
        _ request: ModelRequest, at endpoint: ModelEndpoint, heard: @escaping @Sendable (String) async -> Void
    ) async throws(ModelFailure) -> ModelReply
}

/// The way out to model servers: an errand. Implemented by egress, which adds the key of the endpoint's connection.
public protocol ModelTransport: Sendable {
    /// Sends one POST and hands over the body as it arrives, in pieces of any size. Not called for another status
    /// than 200: then the whole body is in the answer.
    ///
    /// - Throws: `ModelFailure.later` when nothing was answered.
    func post(
        _ request: ModelHTTPRequest, at endpoint: ModelEndpoint,
        received: @escaping @Sendable ([UInt8]) async throws(ModelFailure) -> Void
    ) async throws(ModelFailure) -> ModelHTTPAnswer
}

public struct ModelHTTPRequest: Sendable, Hashable {
    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// After the endpoint's base, such as `/v1/messages`.
    public let path: String
    public let headers: [Header]
    public let body: JSON

    public init(path: String, headers: [Header], body: JSON) {
        self.path = path
        self.headers = headers
        self.body = body
    }
}

public struct ModelHTTPAnswer: Sendable, Hashable {
    public let status: Int
    /// Seconds.
    public let retryAfter: Int?
    /// Empty for 200: that body was handed over as it arrived.
    public let body: [UInt8]

    public init(status: Int, retryAfter: Int?, body: [UInt8]) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }
}
