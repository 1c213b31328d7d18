import Wire

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

/// An absolute address that a request can be made of.
struct WebAddress: Hashable {
    let origin: String
    /// Path and query.
    let target: String

    init?(_ text: String) {
        guard text.utf8.count <= 2_000, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains("#"),
            let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) })
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        guard !host.isEmpty, !host.contains("@"), !host.contains("\\") else { return nil }
        origin = scheme + host
        let path = rest.dropFirst(host.count)
        target = path.hasPrefix("/") ? String(path) : "/" + path
    }
}
