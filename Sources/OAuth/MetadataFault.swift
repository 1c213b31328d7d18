/// Why what a provider publishes can't be used. Safe to show.
public enum MetadataFault: Error, Sendable, Hashable {
    /// The name of the provider isn't one.
    case issuer(String)
    /// The document of its configuration.
    case document(String)
    /// What a protected resource says of itself.
    case resource(String)
    case keySet(String)

    public var message: String {
        switch self {
        case .issuer(let text): text
        case .document(let text): "the provider's configuration can't be used: \(text)"
        case .resource(let text): "what the server says of itself can't be used: \(text)"
        case .keySet(let text): "the provider's keys can't be used: \(text)"
        }
    }
}
