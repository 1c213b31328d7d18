/// Where a socket is opened: what a platform gave for it. The query holds a ticket, so it is never logged.
struct SocketAddress: Sendable {
    let origin: Origin
    /// Path and query, as they stand in the request.
    let target: String

    /// Nil for anything but `ws(s)://host[:port]/…` of plain characters, and for another place than the platform's own.
    ///
    /// - Parameter home: where the token belongs. A socket is there, or at a name under that one.
    init?(_ text: String, of home: Origin) {
        let scheme: String
        let rest: Substring
        if text.hasPrefix("wss://") {
            (scheme, rest) = ("https://", text.dropFirst(6))
        } else if text.hasPrefix("ws://") {
            (scheme, rest) = ("http://", text.dropFirst(5))
        } else {
            return nil
        }
        guard text.utf8.count <= 4096, let slash = rest.firstIndex(of: "/"),
            rest[slash...].utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }),
            let origin = Origin(scheme + rest[..<slash]), origin.isSecure || !home.isSecure,
            origin.host == home.host || origin.host.hasSuffix("." + home.host)
        else { return nil }
        self.origin = origin
        target = String(rest[slash...])
    }

    var port: Int { origin.port ?? (origin.isSecure ? 443 : 80) }

    /// As the `Host` header has it.
    var authority: String {
        let host = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        return origin.port.map { "\(host):\($0)" } ?? host
    }
}
