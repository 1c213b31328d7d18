/// A provider's name: an address without query or fragment, compared byte by byte.
public struct Issuer: Hashable, Sendable {
    public let text: String
    /// Scheme, host and port.
    public let origin: String

    /// - Parameter text: `https://host`, with a path or without. In clear to this machine alone, which egress allows or not.
    public init(_ text: String) throws(MetadataFault) {
        guard let address = WebAddress(text), !text.contains("?") else {
            throw .issuer(
                "`\(text)` isn't the name of a provider: write it as the provider does, such as https://id.example")
        }
        self.text = text
        origin = address.origin
    }

    /// The path of its configuration (OpenID Connect Discovery 1.0 section 4.1): behind the issuer's own.
    public var configurationPath: String {
        let path = text.dropFirst(origin.count)
        return (path.hasSuffix("/") ? path.dropLast() : path) + "/.well-known/openid-configuration"
    }
}
