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
    /// What a provider says that the credential lacks; nil when it says nothing of the kind.
    public let lack: ScopeLack?
    /// What came of that, in our words.
    public let explanation: ScopeRefusal?
    /// What the call is to be decided again with; nil where it isn't.
    let learned: LackingGrant?

    public init(
        status: Int, code: String, message: String, retryAfter: Int?, isCredentialRefused: Bool,
        lack: ScopeLack? = nil, explanation: ScopeRefusal? = nil
    ) {
        self.init(
            status: status, code: code, message: message, retryAfter: retryAfter,
            isCredentialRefused: isCredentialRefused, lack: lack, explanation: explanation, learned: nil)
    }

    private init(
        status: Int, code: String, message: String, retryAfter: Int?, isCredentialRefused: Bool,
        lack: ScopeLack?, explanation: ScopeRefusal?, learned: LackingGrant?
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.isCredentialRefused = isCredentialRefused
        self.lack = lack
        self.explanation = explanation
        self.learned = learned
    }

    func after(_ lesson: ScopeLesson, through use: ConnectionUse?) -> ProviderRefusal {
        let (explanation, learned): (ScopeRefusal?, LackingGrant?) =
            switch lesson {
            case .nothing: (nil, nil)
            case .learned(let scopes):
                (nil, LackingGrant(connection: use?.facts.id, generation: use?.generation, scopes: scopes))
            case .refused(let refusal): (refusal, nil)
            }
        return ProviderRefusal(
            status: status, code: code, message: message, retryAfter: retryAfter,
            isCredentialRefused: isCredentialRefused, lack: lack, explanation: explanation, learned: learned)
    }
}
