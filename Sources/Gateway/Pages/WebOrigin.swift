/// Scheme, host and port of a site, as browsers compare them.
public struct WebOrigin: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: Int

    /// - Parameter text: `https://host` or `https://host:port`, or the same with `http`. A slash may follow, and nothing else.
    public init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        self.scheme = text[..<scheme.lowerBound].lowercased()
        var rest = text[scheme.upperBound...]
        if rest.last == "/" { rest.removeLast() }
        guard let standard = WebOrigin.ports[self.scheme], let name = HostName(String(rest)), !name.host.isEmpty,
            !name.host.contains(where: { "/?#@\\ ".contains($0) })
        else { return nil }
        host = name.host
        port = name.port ?? standard
    }

    /// As browsers write it: without a slash, and without the scheme's own port.
    public var text: String {
        port == WebOrigin.ports[scheme] ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }

    /// Whether both are this machine, under whichever of its own names, on the same port.
    func isSameMachine(as other: WebOrigin) -> Bool {
        isHere && other.isHere && (scheme, port) == (other.scheme, other.port)
    }

    /// Who listens at every address and wasn't told a name is reached by this machine's own.
    private var isHere: Bool { HostName(host)?.isLoopback == true || ["0.0.0.0", "[::]"].contains(host) }

    private static let ports = ["http": 80, "https": 443]
}
