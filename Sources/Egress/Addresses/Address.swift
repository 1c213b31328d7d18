import Glibc

/// A numeric IP address.
struct Address: Hashable, Sendable {
    /// Four bytes or sixteen, in network order.
    let bytes: [UInt8]

    /// Strict: four decimal parts without leading zeros, or an IPv6 text. Octal, hexadecimal and shortened forms are none.
    init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: six) { Array($0) }
        } else {
            return nil
        }
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        _ = bytes.withUnsafeBytes { inet_ntop(family, $0.baseAddress, &buffer, socklen_t(buffer.count)) }
        return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    /// The IPv4 address that an IPv6 one stands for: mapped (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052).
    private var embedded: Address? {
        guard bytes.count == 16 else { return nil }
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return Address(bytes: Array(bytes[12...]))
        }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return Address(bytes: Array(bytes[2..<6])) }
        if bytes[..<12] == [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] {
            return Address(bytes: Array(bytes[12...]))
        }
        if bytes[..<12].allSatisfy({ $0 == 0 }), bytes != Address.six("::"), bytes != Address.six("::1") {
            return Address(bytes: Array(bytes[12...]))
        }
        return nil
    }

    private static func six(_ text: String) -> [UInt8] { Address(text)?.bytes ?? [] }

    var isLoopback: Bool {
        if let embedded { return embedded.isLoopback }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == Address.six("::1")
    }

    /// Whether it is on the public internet (IANA special-purpose registries, RFC 6890).
    var isPublic: Bool {
        if let embedded { return embedded.isPublic }
        guard bytes.count == 16 else { return !Address.special4.contains { $0.contains(bytes) } }
        return Address.global6.contains(bytes) && !Address.special6.contains { $0.contains(bytes) }
    }

    private struct Block {
        let prefix: [UInt8]
        let length: Int

        init(_ text: String, _ length: Int) {
            prefix = Address(text)?.bytes ?? []
            self.length = length
        }

        func contains(_ bytes: [UInt8]) -> Bool {
            for bit in 0..<length {
                let mask = UInt8(0x80) >> UInt8(bit & 7)
                if bytes[bit >> 3] & mask != prefix[bit >> 3] & mask { return false }
            }
            return true
        }
    }

    private static let special4 = [
        Block("0.0.0.0", 8), Block("10.0.0.0", 8), Block("100.64.0.0", 10), Block("127.0.0.0", 8),
        Block("169.254.0.0", 16), Block("172.16.0.0", 12), Block("192.0.0.0", 24), Block("192.0.2.0", 24),
        Block("192.88.99.0", 24), Block("192.168.0.0", 16), Block("198.18.0.0", 15), Block("198.51.100.0", 24),
        Block("203.0.113.0", 24), Block("224.0.0.0", 4), Block("240.0.0.0", 4),
    ]
    /// All that IANA gives out for the public internet. Outside of it are this machine's own, links, sites and groups, and forms that
    /// a translator on the way takes for IPv4 (RFC 2765, RFC 8215).
    private static let global6 = Block("2000::", 3)
    private static let special6 = [Block("2001::", 23), Block("2001:db8::", 32), Block("3fff::", 20)]
}
