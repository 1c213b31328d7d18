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
    public let contentType: String?
    /// Seconds, from `Retry-After`, where the provider said so.
    public let retryAfter: Int?
    public let body: [UInt8]

    public init(status: Int, contentType: String?, retryAfter: Int?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.retryAfter = retryAfter
        self.body = body
    }
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
