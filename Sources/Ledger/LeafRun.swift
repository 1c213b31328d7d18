import Wire

/// The perfect subtrees over consecutive leaves that begin anywhere in a tree, so that a tree can take them at once.
struct LeafRun: Sendable {
    private(set) var subtrees: [(level: Int, root: Digest)] = []
    private var end: Int64

    /// - Parameter start: the place of the first leaf.
    init(from start: Int64) {
        end = start
        subtrees.reserveCapacity(2 * Int64.bitWidth)
    }

    mutating func append(leafHash: Digest) {
        var (level, root) = (0, leafHash)
        while end >> level & 1 == 1, let left = subtrees.last, left.level == level {
            subtrees.removeLast()
            root = MerkleTree.nodeHash(left.root, root)
            level += 1
        }
        subtrees.append((level, root))
        end += 1
    }
}

extension MerkleTree {
    /// Adds the leaves of a run that begins where the tree ends.
    mutating func append(_ run: LeafRun) {
        for subtree in run.subtrees { append(subtree.root, level: subtree.level) { _, _ in } }
    }
}
