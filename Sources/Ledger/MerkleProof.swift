public import Wire

/// A perfect subtree: it covers 2^`level` leaves, from the leaf `index` · 2^`level` on.
public struct Subtree: Sendable, Hashable {
    public let level: Int
    public let index: Int64

    public init(level: Int, index: Int64) {
        self.level = level
        self.index = index
    }
}

/// Which leaves the hashes of a proof stand for (RFC 6962 §2.1.1 and §2.1.2), in the order of the proof.
public enum MerkleProof {
    /// The audit path of the leaf `index` in the tree of `size` leaves.
    public static func inclusion(of index: Int64, in size: Int64) -> [Range<Int64>] {
        guard index >= 0, index < size else { return [] }
        return path(index, 0..<size)
    }

    /// What shows that the tree of `old` leaves is the beginning of that of `size`; nothing for an empty or equal one.
    public static func consistency(from old: Int64, to size: Int64) -> [Range<Int64>] {
        guard old > 0, old < size else { return [] }
        return subproof(old, 0..<size, isWhole: true)
    }

    /// The perfect subtrees that make up the leaves of a range as such proofs name it, largest first.
    public static func cover(_ leaves: Range<Int64>) -> [Subtree] {
        var subtrees: [Subtree] = []
        var start = leaves.lowerBound
        while start < leaves.upperBound {
            let room = leaves.upperBound - start
            let fits = Int64.bitWidth - 1 - room.leadingZeroBitCount
            let level = start == 0 ? fits : min(fits, start.trailingZeroBitCount)
            subtrees.append(Subtree(level: level, index: start >> level))
            start += 1 << level
        }
        return subtrees
    }

    private static func path(_ index: Int64, _ leaves: Range<Int64>) -> [Range<Int64>] {
        guard leaves.count > 1 else { return [] }
        let middle = leaves.lowerBound + split(Int64(leaves.count))
        return index < middle
            ? path(index, leaves.lowerBound..<middle) + [middle..<leaves.upperBound]
            : path(index, middle..<leaves.upperBound) + [leaves.lowerBound..<middle]
    }

    private static func subproof(_ old: Int64, _ leaves: Range<Int64>, isWhole: Bool) -> [Range<Int64>] {
        guard old < leaves.count else { return isWhole ? [] : [leaves] }
        let half = split(Int64(leaves.count))
        let middle = leaves.lowerBound + half
        return old <= half
            ? subproof(old, leaves.lowerBound..<middle, isWhole: isWhole) + [middle..<leaves.upperBound]
            : subproof(old - half, middle..<leaves.upperBound, isWhole: false) + [leaves.lowerBound..<middle]
    }

    /// The largest power of two below `count`.
    private static func split(_ count: Int64) -> Int64 { 1 << (Int64.bitWidth - 1 - (count - 1).leadingZeroBitCount) }
}

extension MerkleTree {
    /// The root of leaves whose perfect subtrees, largest first, have these hashes.
    public static func root(ofSubtrees hashes: [Digest]) -> Digest {
        guard var root = hashes.last else { return Digest.sha256(of: []) }
        for left in hashes.dropLast().reversed() { root = nodeHash(left, root) }
        return root
    }

    /// The root of a perfect subtree from the hashes of the equal parts that it is made of; their number is a power of
    /// two.
    public static func root(ofEqualParts hashes: [Digest]) -> Digest {
        var hashes = hashes
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count - 1, by: 2).map { nodeHash(hashes[$0], hashes[$0 + 1]) }
        }
        return hashes.first ?? Digest.sha256(of: [])
    }

    /// Whether `proof` shows that the leaf with this hash stands at `index` in the tree of `size` leaves with this root
    /// (RFC 9162 §2.1.3.2).
    public static func verifies(
        inclusionOf leaf: Digest, at index: Int64, in size: Int64, root: Digest, _ proof: [Digest]
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var (node, last, hash) = (index, size - 1, leaf)
        for sibling in proof {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = nodeHash(sibling, hash)
                if node & 1 == 0 {
                    repeat {
                        node >>= 1
                        last >>= 1
                    } while node & 1 == 0 && node != 0
                }
            } else {
                hash = nodeHash(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }
}
