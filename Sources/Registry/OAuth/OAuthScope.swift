public import Authority

/// What a client asks for: each effect is a scope of its own, by its name. What else a client names is ignored, as RFC 6749
/// section 3.3 lets a server do, and left out of what is granted.
public struct OAuthScope: Sendable, Hashable {
    /// Nil when no scope was asked for: then it is everything that the agent does.
    public let effects: EffectSet?
    /// Whether an ID token is asked for (OpenID Connect Core section 3.1.2.1).
    public let isOpenID: Bool

    public static let openID = "openid"
    /// Asks for a refresh token, which every client has anyway.
    static let offline = "offline_access"
    /// In the order of the words.
    public static let known = Effect.allCases.map(\.rawValue)

    init(_ text: String?) throws(OAuthRefusal) {
        let words = (text ?? "").split(separator: " ").map(String.init)
        let named = words.compactMap(Effect.init(rawValue:))
        isOpenID = words.contains(OAuthScope.openID)
        effects = named.isEmpty ? nil : named.reduce(into: EffectSet()) { $0.formUnion(EffectSet($1)) }
        guard words.isEmpty || !named.isEmpty || isOpenID || words.contains(OAuthScope.offline) else {
            throw OAuthRefusal(
                .invalidScope, "none of these scopes is one: \(OAuthScope.known.joined(separator: " "))")
        }
    }
}

extension EffectSet {
    /// The effects' names as a scope lists them.
    public var scope: String { words.joined(separator: " ") }

    /// The effects' names, in the order of the words.
    public var words: [String] { Effect.allCases.filter { contains($0) }.map(\.rawValue) }

    /// - Returns: nil when one of the words isn't an effect.
    public init?(words: [String]) {
        var set = EffectSet()
        for word in words {
            guard let effect = Effect(rawValue: word) else { return nil }
            set.formUnion(EffectSet(effect))
        }
        self = set
    }
}
