public import OpenID

/// Why the way to a provider and back led nowhere.
public enum SignInProblem: Error, Sendable, Hashable {
    /// The browser doesn't have what it was given at the start, or it is older than ten minutes, or of another provider.
    case stale
    /// What it publishes can't be had or used.
    case unreachable(String)
    case response(ResponseRefusal)
    /// The provider doesn't take the code.
    case code
    case token(TokenRefusal)

    /// How it is counted: one of a closed set of words.
    public var word: String {
        switch self {
        case .stale: "stale"
        case .unreachable: "unreachable"
        case .response(let refusal): refusal.rawValue
        case .code: "code"
        case .token(let refusal): "token-\(refusal.rawValue)"
        }
    }

    /// For whoever set the provider up.
    public var message: String {
        switch self {
        case .stale: "the sign-in was begun in another browser, or more than ten minutes ago"
        case .unreachable(let reason): reason
        case .response(let refusal): "the provider's answer isn't taken: \(refusal.rawValue)"
        case .code: "the provider doesn't take its own code, or not from us"
        case .token(let refusal): "the provider's token isn't believed: \(refusal.rawValue)"
        }
    }
}
