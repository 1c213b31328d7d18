import Glibc

/// Where a connection comes from. Of IPv6 the network: one subscriber has all of its addresses.
struct SourceAddress: Hashable, Sendable {
    private let bytes: [UInt8]

    /// - Parameter text: the address in digits; nil for what has none, such as a socket of this machine.
    init(_ text: String?) {
        let text = text ?? ""
        var (four, six) = ([UInt8](repeating: 0, count: 4), [UInt8](repeating: 0, count: 16))
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = four
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let isMapped = six.prefix(10).allSatisfy { $0 == 0 } && six[10] == 0xFF && six[11] == 0xFF
            bytes = Array(isMapped ? six.suffix(4) : six.prefix(8))
        } else {
            bytes = Array(text.utf8)
        }
    }
}
