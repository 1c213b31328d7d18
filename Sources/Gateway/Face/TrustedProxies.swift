import HTTPTypes

/// The proxies whose word on where a request comes from is taken.
public struct TrustedProxies: Sendable {
    /// Nobody's word.
    public static let none = TrustedProxies([])

    private let blocks: [AddressBlock]

    public init(_ blocks: [AddressBlock]) {
        self.blocks = blocks
    }

    var isEmpty: Bool { blocks.isEmpty }

    func contains(_ address: IPAddress) -> Bool { blocks.contains { $0.contains(address) } }

    /// Where a request comes from: the connection's other end; where that is a proxy of ours, the nearest address before it
    /// that isn't one.
    ///
    /// What proxies appended stands at the right, so it is read from there, and what a client wrote itself is never reached.
    /// A proxy that keeps one of the two headers passes on the other as the client sent it: where both are there and differ,
    /// neither is believed, and the request counts as the proxy's own.
    func source(of peer: String?, _ headers: HTTPFields) -> SourceAddress {
        guard !blocks.isEmpty, let proxy = peer.flatMap(IPAddress.init), contains(proxy) else {
            return SourceAddress(peer)
        }
        let told = Set(ProxyHeaders.hops(in: headers).map { nearest(before: proxy, $0) })
        return SourceAddress(of: told.count == 1 ? told.first ?? proxy : proxy)
    }

    /// - Parameter hops: from far to near; nil is one that can't be read, behind which nothing is believed.
    private func nearest(before proxy: IPAddress, _ hops: [IPAddress?]) -> IPAddress {
        var nearest = proxy
        for hop in hops.reversed() {
            guard let hop else { break }
            nearest = hop
            if !contains(hop) { break }
        }
        return nearest
    }
}
