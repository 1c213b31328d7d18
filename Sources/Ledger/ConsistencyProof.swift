public import Wire

/// A proof that a log only grew: whoever kept the checkpoint over its first `old` records sees that the signed one here
/// begins with exactly those. Its text is what a C2SP tlog-witness takes.
public struct ConsistencyProof: Sendable, Hashable {
    public let old: Int64
    public let hashes: [Digest]
    /// The signed note of the larger checkpoint.
    public let checkpoint: String

    public init(old: Int64, hashes: [Digest], checkpoint: String) {
        self.old = old
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// The most hashes that a proof has (C2SP tlog-witness).
    private static let maximumHashes = 63

    public var text: String {
        (["old \(old)"] + hashes.map { Base64.encode($0.bytes) }).joined(separator: "\n") + "\n\n" + checkpoint
    }

    /// Reads such a text. Throws `badProof` for anything that ``text`` wouldn't write.
    public init(text: String) throws(LedgerError) {
        let bad = LedgerError(
            .badProof, "that isn't a proof of consistency", hint: "it begins with `old SIZE`, and holds a checkpoint")
        guard let gap = text.firstRange(of: "\n\n") else { throw bad }
        let lines = text[..<gap.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("old "), let old = Int64(first.dropFirst(4)), old >= 0,
            lines.count <= 1 + Self.maximumHashes
        else { throw bad }
        var hashes: [Digest] = []
        for line in lines.dropFirst() {
            guard let hash = Base64.decode(String(line)).flatMap({ Digest(bytes: $0) }) else { throw bad }
            hashes.append(hash)
        }
        self.init(old: old, hashes: hashes, checkpoint: String(text[gap.upperBound...]))
        guard self.text.utf8.elementsEqual(text.utf8) else { throw bad }
    }

    /// Checks that the log named `origin`, signed by `key`, begins with the `old` records whose root is `oldRoot`.
    ///
    /// Throws `badNote`, `badSignature` or `badCheckpoint` for the checkpoint, and `badProof` for a log that was forked
    /// or cut back.
    public func verify(oldRoot: Digest, origin: String, key: LedgerKey) throws(LedgerError) {
        let checkpoint = try Checkpoint(checkpoint, origin: origin, key: key)
        guard
            MerkleTree.verifies(
                consistencyFrom: old, root: oldRoot, to: checkpoint.size, root: checkpoint.root, hashes)
        else {
            throw LedgerError(
                .badProof, "the checkpoint over \(checkpoint.size) records doesn't begin with the first \(old)")
        }
    }
}
