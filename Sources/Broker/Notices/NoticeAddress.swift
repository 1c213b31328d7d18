import Wire

/// Reads the addresses that an administrator gives.
enum NoticeAddress {
    struct Server: Hashable {
        let security: MailSettings.Security
        let user: String?
        let host: String
        let port: Int
    }

    /// `smtps://[user@]host[:port]`, `smtp://` with STARTTLS, `smtp-clear://` for this machine alone.
    static func server(_ text: String) throws(BrokerError) -> Server {
        let wrong = BrokerError(
            .invalid, "`\(text)` isn't the address of a mail server", hint: "write smtps://user@mail.example.org:465")
        guard let mark = text.firstRange(of: "://"),
            let security = MailSettings.Security(rawValue: String(text[..<mark.lowerBound]))
        else { throw wrong }
        var rest = text[mark.upperBound...]
        var user: String?
        if let sign = rest.lastIndex(of: "@") {
            let name = rest[..<sign]
            guard !name.contains(":") else {
                throw BrokerError(
                    .invalid, "an address holds no password", hint: "put the password in a file: `--password-file F`")
            }
            guard let decoded = PercentEncoding.decode(String(name)), !decoded.isEmpty, isPlain(decoded) else {
                throw wrong
            }
            user = decoded
            rest = rest[rest.index(after: sign)...]
        }
        guard let place = place(rest) else { throw wrong }
        return Server(security: security, user: user, host: place.host, port: place.port ?? security.port)
    }

    /// `https://host[:port]/path?query`; `http://` for addresses in digits of this machine alone, as egress has it.
    static func webhook(_ text: String) throws(BrokerError) -> (origin: String, target: String) {
        let wrong = BrokerError(
            .invalid, "`\(text)` isn't a webhook's address", hint: "write https://hooks.example.org/deputy")
        guard let mark = text.firstRange(of: "://"), ["https", "http"].contains(text[..<mark.lowerBound]),
            isPlain(text), !text.contains("#")
        else { throw wrong }
        let rest = text[mark.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard let place = place(rest[..<end]) else { throw wrong }
        guard text.hasPrefix("https://") || isHere(place.host) else {
            throw BrokerError(
                .invalid, "`\(place.host)` is only told of anything over TLS",
                hint: "write https://; http:// is for an address of this machine, such as http://127.0.0.1:8080/hook")
        }
        let target = String(rest[end...])
        return (String(text[..<end]).lowercased(), target.hasPrefix("/") ? target : "/" + target)
    }

    private static func isHere(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "::1" || (parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil })
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21..<0x7F).contains($0) } }

    private static func place(_ text: Substring) -> (host: String, port: Int?)? {
        var host = text
        var port: Int?
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            if !after.isEmpty {
                port = Int(after.dropFirst())
                if port == nil { return nil }
            }
            guard host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            if let colon = text.firstIndex(of: ":") {
                host = text[..<colon]
                port = Int(text[text.index(after: colon)...])
                if port == nil { return nil }
            }
            guard
                host.utf8.allSatisfy({
                    ($0 | 0x20) &- 0x61 < 26 || (0x30..<0x3A).contains($0) || $0 == 0x2D || $0 == 0x2E
                })
            else { return nil }
        }
        guard !host.isEmpty, port.map({ (1...65_535).contains($0) }) ?? true else { return nil }
        return (host.lowercased(), port)
    }
}
