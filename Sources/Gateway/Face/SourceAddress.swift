/// Where a request comes from. Of IPv6 the network: one subscriber has all of its addresses.
struct SourceAddress: Hashable, Sendable {
    private let bytes: [UInt8]

    /// - Parameter text: the address in digits; nil for what has none, such as a socket of this machine.
    init(_ text: String?) {
        let text = text ?? ""
        self = IPAddress(text).map(SourceAddress.init(of:)) ?? SourceAddress(bytes: Array(text.utf8))
    }

    init(of address: IPAddress) {
        self.init(bytes: address.bytes.count == 4 ? address.bytes : Array(address.bytes.prefix(8)))
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}
