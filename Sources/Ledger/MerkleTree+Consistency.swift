public import Wire

extension MerkleTree {
    /// Whether `proof` shows that the tree of `old` leaves with the root `oldRoot` is the beginning of that of `size`
    /// leaves with `root` (RFC 9162 §2.1.4.2). An empty tree is the beginning of every one, and needs no proof.
    public static func verifies(
        consistencyFrom old: Int64, root oldRoot: Digest, to size: Int64, root: Digest, _ proof: [Digest]
    ) -> Bool {
        guard old >= 0, old <= size else { return false }
        if old == size { return proof.isEmpty && oldRoot == root }
        if old == 0 { return proof.isEmpty && oldRoot == MerkleTree().root }
        // A whole subtree is its own first part, and isn't repeated in the proof.
        var path = (old.nonzeroBitCount == 1 ? [oldRoot] : []) + proof
        guard !path.isEmpty else { return false }
        let shift = (~(old - 1)).trailingZeroBitCount
        var (node, last) = ((old - 1) >> shift, (size - 1) >> shift)
        let first = path.removeFirst()
        var (oldHash, hash) = (first, first)
        for part in path {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                oldHash = nodeHash(part, oldHash)
                hash = nodeHash(part, hash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = nodeHash(hash, part)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == oldRoot && hash == root
    }
}
