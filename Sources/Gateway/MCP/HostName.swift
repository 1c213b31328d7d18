/// Host and port of a URL or of a `Host` header, in lower case.
struct HostName {
    let host: String
    let port: Int?

    init?(ofURL url: String) {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let rest = url[scheme.upperBound...]
        self.init(String(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }))
    }

    init?(_ text: String) {
        let text = text.lowercased()
        // The colons of an IPv6 address stand within brackets.
        let hostEnd =
            text.hasPrefix("[") ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":")
        let end = hostEnd ?? text.endIndex
        host = String(text[..<end])
        let rest = text[end...]
        if rest.isEmpty {
            port = nil
        } else {
            guard rest.first == ":", let number = UInt16(rest.dropFirst()) else { return nil }
            port = Int(number)
        }
    }

    /// Whether it names this machine to itself. An address in digits can't be pointed elsewhere, and browsers resolve
    /// `localhost` without asking anybody.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
