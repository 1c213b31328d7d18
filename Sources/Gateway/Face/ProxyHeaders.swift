import HTTPTypes

/// Reads what proxies say of the way that a request took: `Forwarded` (RFC 7239) and `X-Forwarded-For`.
enum ProxyHeaders {
    private static let forwarded = HTTPField.Name("Forwarded")
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    /// The addresses that each header which is there names, from far to near; nil stands for one that can't be read.
    static func hops(in headers: HTTPFields) -> [[IPAddress?]] {
        [
            list(forwardedFor, headers).map { $0.split(separator: ",").map(address) },
            list(forwarded, headers).map { nodes(in: $0) ?? [nil] },
        ].compactMap { $0 }
    }

    /// All lines of a header as one, as RFC 9110 section 5.3 joins them; nil where there is none.
    private static func list(_ name: HTTPField.Name?, _ headers: HTTPFields) -> String? {
        guard let name else { return nil }
        let lines = headers[values: name]
        return lines.isEmpty ? nil : lines.joined(separator: ",")
    }

    /// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
    private static func address(_ text: some StringProtocol) -> IPAddress? {
        let text = text.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        if text.first == "[" { return IPAddress(String(text.dropFirst().prefix { $0 != "]" })) }
        if let address = IPAddress(String(text)) { return address }
        return IPAddress(String(text.prefix { $0 != ":" }))
    }

    /// The `for` of each element; nil where the header isn't written as RFC 7239 says. Half-open quotes are a way of
    /// swallowing what a proxy appends, so nothing of such a header is believed.
    private static func nodes(in text: String) -> [IPAddress?]? {
        var rest = text.utf8[...]
        var nodes: [IPAddress?] = []
        var node: IPAddress?
        while true {
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            if rest.first != UInt8(ascii: ","), rest.first != UInt8(ascii: ";"), !rest.isEmpty {
                guard let (name, value) = pair(&rest) else { return nil }
                if name == "for" { node = address(value) }
                rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            }
            guard let separator = rest.popFirst() else { return nodes + [node] }
            switch separator {
            case UInt8(ascii: ";"): break
            case UInt8(ascii: ","):
                nodes.append(node)
                node = nil
            default: return nil
            }
        }
    }

    /// `name=token` or `name="quoted"`.
    private static func pair(_ rest: inout Substring.UTF8View) -> (name: String, value: String)? {
        let name = rest.prefix(while: isToken)
        rest = rest.dropFirst(name.count)
        guard rest.popFirst() == UInt8(ascii: "=") else { return nil }
        guard rest.first == UInt8(ascii: "\"") else {
            let value = rest.prefix(while: isToken)
            rest = rest.dropFirst(value.count)
            return (String(decoding: name, as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self))
        }
        rest.removeFirst()
        let value = rest.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        rest = rest.dropFirst(value.count)
        guard rest.popFirst() == UInt8(ascii: "\"") else { return nil }
        return (String(decoding: name, as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self))
    }

    /// What stands outside quotes. Colon and brackets must stand within, and are often found without.
    private static func isToken(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !#"",;="#.utf8.contains(byte)
    }
}
