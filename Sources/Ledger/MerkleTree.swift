public import Wire

/// The Merkle tree of RFC 6962 §2.1, kept as its edge alone: the roots of the perfect subtrees that make it up, one for
/// each set bit of the size, largest first. Appending a leaf costs one hash on average; the past can't be read back.
public struct MerkleTree: Sendable, Equatable {
    /// How many leaves the tree has.
    public private(set) var size: Int64
    /// The roots of the perfect subtrees, largest first.
    public private(set) var edge: [Digest]

    /// The empty tree.
    public init() {
        size = 0
        edge = []
        // A tree never has more subtrees than its size has bits, so appending doesn't allocate.
        edge.reserveCapacity(Int64.bitWidth)
    }

    /// A tree read back from where it was kept; nil unless the edge has the length that goes with the size. Whether the
    /// digests are the right ones shows in the root.
    public init?(size: Int64, edge: [Digest]) {
        guard size >= 0, edge.count == size.nonzeroBitCount else { return nil }
        self.init()
        self.size = size
        self.edge.append(contentsOf: edge)
    }

    /// Adds a leaf by its ``leafHash(of:)``.
    public mutating func append(leafHash: Digest) { append(leafHash: leafHash) { _, _ in } }

    /// Adds a leaf, and tells every perfect subtree that it completes.
    public mutating func append(leafHash: Digest, completing: (Subtree, Digest) -> Void) {
        append(leafHash, level: 0, completing: completing)
    }

    /// Adds a perfect subtree of `1 << start` leaves; the size is a multiple of that.
    mutating func append(_ root: Digest, level start: Int, completing: (Subtree, Digest) -> Void) {
        var hash = root
        var level = start
        while size >> level & 1 == 1, let left = edge.popLast() {
            hash = Self.nodeHash(left, hash)
            level += 1
            completing(Subtree(level: level, index: size >> level), hash)
        }
        edge.append(hash)
        size += 1 << start
    }

    /// The head of the tree; SHA-256 of nothing for the empty one.
    public var root: Digest {
        guard var root = edge.last else { return Digest.sha256(of: []) }
        for left in edge.dropLast().reversed() {
            root = Self.nodeHash(left, root)
        }
        return root
    }
}
