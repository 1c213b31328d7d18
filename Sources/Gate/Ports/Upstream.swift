import Wire

/// The one way out. Implemented by egress, which adds the credential that the permit names.
public protocol Upstream: Sendable {
    /// Asks something that changes nothing.
    func probe(_ step: Step, under permit: borrowing Permit) async throws(UpstreamFailure) -> UpstreamAnswer

    /// Has the one effect that the permit is for. Never throws: what happened is always said.
    func effect(_ step: Step, spending permit: consuming Permit) async -> EffectReport

    /// Looks whether the effect happened.
    func verify(_ step: Step, after spent: borrowing Spent) async throws(UpstreamFailure) -> UpstreamAnswer
}

/// What came back, with every live secret already blotted out.
public struct UpstreamAnswer: Sendable {
    public let status: Int
    /// Names in lower case.
    public let headers: [Step.Header]
    public let body: [UInt8]

    public init(status: Int, headers: [Step.Header], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of this name, which is given in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Seconds, where the provider said so in seconds.
    public var retryAfter: Int? { RetryAfter.seconds(header("retry-after")) }
}

/// Why there is no answer.
public enum UpstreamFailure: Error, Sendable {
    /// No byte of the request left this machine.
    case notSent(String)
    /// It may have arrived.
    case unknown(String)
}

/// The result of an effect, and what is left of its permit.
public struct EffectReport: ~Copyable, Sendable {
    public let result: Result<UpstreamAnswer, UpstreamFailure>
    public let spent: Spent

    public init(_ result: Result<UpstreamAnswer, UpstreamFailure>, _ spent: consuming Spent) {
        self.result = result
        self.spent = spent
    }
}
