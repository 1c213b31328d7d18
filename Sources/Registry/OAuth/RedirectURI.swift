import Wire

/// Where a client takes its answer: `https`, or `http` on this machine (RFC 8252 section 7.3). Compared byte for byte.
///
/// What two readers could take for two different places isn't one: users, fragments, dot segments, backslashes, and
/// anything but printable ASCII.
public struct RedirectURI: Hashable, Sendable {
    public let text: String
    private let scheme: Substring
    /// In clear, and an IPv6 address within its brackets.
    public let host: String
    private let port: Substring?
    private let rest: Substring

    public init?(_ text: String) {
        guard text.utf8.count <= 1_000, text.utf8.allSatisfy(RedirectURI.isPlain),
            let separator = text.firstRange(of: "://")
        else { return nil }
        self.text = text
        scheme = text[..<separator.lowerBound]
        let behind = text[separator.upperBound...]
        let end = behind.firstIndex { $0 == "/" || $0 == "?" } ?? behind.endIndex
        rest = behind[end...]
        guard let authority = RedirectURI.authority(behind[..<end]) else { return nil }
        host = authority.host
        port = authority.port
        guard RedirectURI.isPath(rest), scheme == "https" || scheme == "http" && isThisMachine else { return nil }
    }

    /// Whether an answer may go to `asked` when this was registered: the same text, or on this machine the same but for the
    /// port, which the system chooses for the client (RFC 8252 section 7.3; by the name `localhost` too, as RFC 9700 section
    /// 2.1 has it). The names of this machine aren't one another.
    public func covers(_ asked: RedirectURI) -> Bool {
        if asked.text == text { return true }
        return scheme == "http" && isThisMachine && (asked.scheme, asked.host, asked.rest) == (scheme, host, rest)
    }

    /// Whether whoever runs on the person's machine may take what is sent there.
    public var isThisMachine: Bool {
        host == "localhost" || scheme == "http" && (host == "127.0.0.1" || host == "[::1]")
    }

    /// Scheme, host and port, for a page's policy on where its forms may lead.
    public var origin: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }

    /// The same place with more in its query.
    public func adding(_ parameters: [(String, String)]) -> String {
        let pairs = parameters.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }
        return text + (rest.contains("?") ? "&" : "?") + pairs.joined(separator: "&")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"#\\\"<>^`{|}".utf8.contains(byte)
    }

    private static func authority(_ text: Substring) -> (host: String, port: Substring?)? {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[...end]
            let behind = text[text.index(after: end)...]
            guard host == "[::1]", behind.isEmpty || behind.hasPrefix(":") else { return nil }
            port = behind.isEmpty ? nil : behind.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        if let port { guard let number = UInt16(port), number > 0, "\(number)" == port else { return nil } }
        guard host == "[::1]" || isName(host) else { return nil }
        return (String(host), port)
    }

    /// In lower case, as browsers write it: what they would write otherwise isn't what was registered.
    private static func isName(_ name: Substring) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253 && labels.allSatisfy { !$0.isEmpty }
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: ".")
            }
    }

    /// No dot segments, and none that a decoder would make: encoded dots, slashes and backslashes.
    private static func isPath(_ rest: Substring) -> Bool {
        let path = rest.prefix { $0 != "?" }
        guard let decoded = PercentEncoding.decode(String(path)), PercentEncoding.decode(String(rest)) != nil,
            decoded.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({ $0 != "." && $0 != ".." }),
            !decoded.contains("\\"), decoded.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return false }
        return decoded.count { $0 == "/" } == path.count { $0 == "/" }
    }
}
