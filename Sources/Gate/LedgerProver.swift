import Ledger
public import Wire

/// Proves from a store that a record is in a tree, or that a tree only grew.
public struct LedgerProver: Sendable {
    let store: any LedgerStore

    public init(store: any LedgerStore) {
        self.store = store
    }

    /// The audit path of a record in the tree as it was at `size`, lowest hash first.
    public func inclusion(of index: Int64, in tree: TreeID, at size: Int64) async throws -> [Digest] {
        try await hashes(MerkleProof.inclusion(of: index, in: size), of: tree)
    }

    /// What shows that the tree at `size` begins with what it was at `old`.
    public func consistency(of tree: TreeID, from old: Int64, to size: Int64) async throws -> [Digest] {
        try await hashes(MerkleProof.consistency(from: old, to: size), of: tree)
    }

    /// The root that the tree had at `size`.
    public func root(of tree: TreeID, at size: Int64) async throws -> Digest {
        guard size > 0 else { return MerkleTree().root }
        return try await hashes([0..<size], of: tree)[0]
    }

    private func hashes(_ ranges: [Range<Int64>], of tree: TreeID) async throws -> [Digest] {
        var hashes: [Digest] = []
        for range in ranges {
            var parts: [Digest] = []
            for subtree in MerkleProof.cover(range) { parts.append(try await hash(subtree, of: tree)) }
            hashes.append(MerkleTree.root(ofSubtrees: parts))
        }
        return hashes
    }

    /// From the highest level below that is kept: at most 128 hashes.
    private func hash(_ subtree: Subtree, of tree: TreeID) async throws -> Digest {
        var level = subtree.level
        while level >= 0 {
            guard LedgerNodes.isKept(level: level) else {
                level -= 1
                continue
            }
            let count = 1 << (subtree.level - level)
            let parts = try await store.hashes(
                of: tree, level: level, from: subtree.index << (subtree.level - level), count: count)
            if parts.count == count { return MerkleTree.root(ofEqualParts: parts) }
            level -= 1
        }
        throw LedgerError(.badRecord, "the tree `\(tree.raw)` lacks records")
    }
}
