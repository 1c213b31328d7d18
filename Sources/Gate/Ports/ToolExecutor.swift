public import Authority
public import Wire

/// Carries out one permitted call.
public protocol ToolExecutor: Sendable {
    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome
}

/// How a call ended.
public enum ToolOutcome: Sendable {
    /// The provider did it. `labels` are those of the data that came back.
    case done(JSON, labels: Labels)
    /// The provider said no, in its own words. Those words carry labels like any other data.
    case refused(ProviderRefusal, labels: Labels)
    case notSent(String)
    /// Nobody knows. Never retried blindly.
    case unknown(String)

    public var name: String {
        switch self {
        case .done: "done"
        case .refused: "refused"
        case .notSent: "not_sent"
        case .unknown: "unknown"
        }
    }
}

/// A provider's refusal.
public struct ProviderRefusal: Sendable, Hashable {
    public let status: Int
    /// The provider's own code, such as `object_not_found`.
    public let code: String
    public let message: String
    public let retryAfter: Int?
    /// The credential itself was refused: its owner has to connect again.
    public let isCredentialRefused: Bool
    /// What a server says that the credential lacks: `WWW-Authenticate` as it came; nil when it says nothing of the kind.
    public let challenge: String?

    public init(
        status: Int, code: String, message: String, retryAfter: Int?, isCredentialRefused: Bool,
        challenge: String? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.isCredentialRefused = isCredentialRefused
        self.challenge = challenge
    }
}
