public import Wire

/// Goes on reading a ledger after a place up to which it was verified before: what was there then has to have been kept
/// where nobody else could write it.
public struct LedgerTail: Sendable {
    /// What was read, and what came before.
    public private(set) var tree: MerkleTree
    /// The hash of the last record; `Digest.none` where there is none.
    public private(set) var previous: Digest
    private let checkpoint: Checkpoint?

    /// - Parameter checkpoint: the newest one that the gateway has signed.
    public init(after tree: MerkleTree, previous: Digest, checkpoint: Checkpoint?) throws(LedgerFault) {
        self.tree = tree
        self.previous = previous
        self.checkpoint = checkpoint
        try compareCheckpoint()
    }

    public mutating func add(_ record: LedgerVerifier.StoredRecord) throws(LedgerFault) {
        let examined = ExaminedRecord(record)
        let position = tree.size
        guard examined.storedHash == nil || examined.storedHash == examined.leafHash else {
            throw LedgerFault(position, .storedHash, "record \(position) does not have the hash stored with it")
        }
        guard case .success(let head) = examined.head, head.index == position, head.previous == previous else {
            throw LedgerFault(position, .previous, "record \(position) does not follow the one before it")
        }
        tree.append(leafHash: examined.leafHash)
        previous = examined.leafHash
        try compareCheckpoint()
    }

    /// - Parameter head: the size and root that the store keeps.
    public func compare(size: Int64, root: Digest) throws(LedgerFault) {
        guard size == tree.size, root == tree.root else {
            throw LedgerFault(tree.size, .headRoot, "the head's root is not that of the \(tree.size) records")
        }
    }

    private func compareCheckpoint() throws(LedgerFault) {
        guard let checkpoint, checkpoint.size == tree.size, checkpoint.root != tree.root else { return }
        throw LedgerFault(
            tree.size, .checkpointRoot, "the first \(tree.size) records are not the ones that the checkpoint signed")
    }
}
