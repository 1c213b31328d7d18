/// An endpoint of a provider.
public struct Endpoint: Hashable, Sendable {
    public let url: String
    public let origin: String
    /// Path and query, from the slash on.
    public let target: String

    /// - Parameters:
    ///   - text: an absolute address without a fragment.
    ///   - secure: whether it has to be reached by TLS.
    public init?(_ text: String?, secure: Bool) {
        guard let text, let address = WebAddress(text), address.origin.hasPrefix("https://") || !secure else {
            return nil
        }
        url = text
        origin = address.origin
        target = address.target
    }

    /// The same path at another origin.
    func at(_ origin: String) -> Endpoint { Endpoint(origin: origin, target: target) }

    private init(origin: String, target: String) {
        url = origin + target
        self.origin = origin
        self.target = target
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
