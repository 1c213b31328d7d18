import Wire

extension MerkleTree {
    /// The edge for a database column: its digests one after the other, largest subtree first.
    public var edgeBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(edge.count * Digest.byteCount)
        for digest in edge {
            digest.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// A tree from its size and ``edgeBytes``; nil unless their lengths go together.
    public init?(size: Int64, edgeBytes: [UInt8]) {
        var edge: [Digest] = []
        for start in stride(from: 0, to: edgeBytes.count, by: Digest.byteCount) {
            guard let digest = Digest(bytes: edgeBytes[start..<min(start + Digest.byteCount, edgeBytes.count)])
            else { return nil }
            edge.append(digest)
        }
        self.init(size: size, edge: edge)
    }
}
