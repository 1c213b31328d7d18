/// A network such as `10.0.0.0/8` or `fd00::/8`, or one address.
public struct AddressBlock: Hashable, Sendable {
    private let network: IPAddress
    private let length: Int

    /// - Throws: when it isn't an address in digits with an optional length, or names more than the network.
    public init(_ text: String) throws(FaceError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }) else {
            throw FaceError(
                .network, "`\(text)` isn't a network", hint: "write it as 10.0.0.7, 10.0.0.0/8 or fd00::/8")
        }
        let most = address.bytes.count * 8
        let length = parts.count == 2 ? UInt8(parts[1]).map(Int.init) : most
        guard let length, length <= most else {
            throw FaceError(.network, "the length of `\(text)` must be a number from 0 to \(most)")
        }
        network = address.masked(to: length)
        self.length = length
        guard network == address else {
            throw FaceError(
                .network, "`\(text)` names more than a network of that length",
                hint: "did you mean `\(network.text)/\(length)`, or `\(address.text)` alone?")
        }
    }

    func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == network.bytes.count && address.masked(to: length) == network
    }
}
