/// Which addresses may be connected to.
public struct AddressPolicy: Sendable {
    private let allowLoopback: Bool

    /// - Parameter allowLoopback: lets `http` and `https` providers be on this machine, for demos and tests.
    public init(allowLoopback: Bool) {
        self.allowLoopback = allowLoopback
    }

    func allows(_ address: Address) -> Bool { address.isPublic || (allowLoopback && address.isLoopback) }

    /// In clear only to this machine.
    func allowsClear(_ origin: Origin) -> Bool {
        allowLoopback && (Address(origin.host)?.isLoopback ?? false)
    }
}

/// Scheme, host and port, strictly.
struct Origin: Hashable, Sendable {
    let isSecure: Bool
    let host: String
    let port: Int?

    /// Nil for anything but `http(s)://host[:port]`: no user, no path, no numeric oddities in the host.
    init?(_ text: String) {
        let rest: Substring
        if text.hasPrefix("https://") {
            isSecure = true
            rest = text.dropFirst(8)
        } else if text.hasPrefix("http://") {
            isSecure = false
            rest = text.dropFirst(7)
        } else {
            return nil
        }
        var name = rest
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            name = rest[rest.index(after: rest.startIndex)..<end]
            guard Address(String(name))?.bytes.count == 16 else { return nil }
            let after = rest[rest.index(after: end)...]
            guard let port = Origin.port(after) else { return nil }
            self.port = port.number
        } else {
            if let colon = rest.firstIndex(of: ":") {
                name = rest[..<colon]
                guard let port = Origin.port(rest[colon...]) else { return nil }
                self.port = port.number
            } else {
                port = nil
            }
            guard Origin.isName(name) else { return nil }
        }
        host = String(name).lowercased()
    }

    /// In its one spelling.
    var text: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return (isSecure ? "https://" : "http://") + (port.map { "\(name):\($0)" } ?? name)
    }

    private struct Port {
        let number: Int?
    }

    private static func port(_ text: Substring) -> Port? {
        if text.isEmpty { return Port(number: nil) }
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), !digits.isEmpty, digits.utf8.count <= 5,
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(digits), (1...65535).contains(number)
        else { return nil }
        return Port(number: number)
    }

    /// A DNS name, or an IPv4 address in its one plain form: a name whose last label is a number would be read as an
    /// address by some resolvers and not by others.
    private static func isName(_ name: Substring) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard isPlain, !name.isEmpty, name.utf8.count <= 253, labels.allSatisfy({ !$0.isEmpty }), let last = labels.last
        else { return false }
        let startsWithDigit = last.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        return !startsWithDigit || Address(String(name)) != nil
    }
}
