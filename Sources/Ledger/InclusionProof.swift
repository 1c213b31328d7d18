public import Wire

/// A proof that can be checked offline with nothing but the log's public key (C2SP tlog-proof): where a record stands,
/// its audit path, and a signed checkpoint over it.
public struct InclusionProof: Sendable, Hashable {
    public let index: Int64
    public let hashes: [Digest]
    /// The signed note of a checkpoint that covers the record.
    public let checkpoint: String

    public init(index: Int64, hashes: [Digest], checkpoint: String) {
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    private static let first = "c2sp.org/tlog-proof@v1"

    /// The text of a `.tlog-proof` file.
    public var text: String {
        ([Self.first, "index \(index)"] + hashes.map { Base64.encode($0.bytes) }).joined(separator: "\n")
            + "\n\n" + checkpoint
    }

    /// Reads such a text. Throws `badProof` for anything that ``text`` wouldn't write; extra data, which the
    /// specification allows, isn't taken.
    public init(text: String) throws(LedgerError) {
        let bad = LedgerError(
            .badProof, "that isn't a proof of inclusion", hint: "it begins with `\(Self.first)`, and holds a checkpoint"
        )
        guard let gap = text.firstRange(of: "\n\n") else { throw bad }
        let lines = text[..<gap.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 2, lines[0] == Self.first, lines[1].hasPrefix("index "),
            let index = Int64(lines[1].dropFirst(6)), index >= 0, lines.count <= 2 + Int64.bitWidth
        else { throw bad }
        var hashes: [Digest] = []
        for line in lines.dropFirst(2) {
            guard let hash = Base64.decode(String(line)).flatMap({ Digest(bytes: $0) }) else { throw bad }
            hashes.append(hash)
        }
        self.init(index: index, hashes: hashes, checkpoint: String(text[gap.upperBound...]))
        guard self.text.utf8.elementsEqual(text.utf8) else { throw bad }
    }

    /// Checks that `record` stands where the proof says, in the log named `origin` that `key` signed.
    ///
    /// Throws `badNote`, `badSignature` or `badCheckpoint` for the checkpoint, and `badProof` for another record, place
    /// or path.
    public func verify(_ record: [UInt8], origin: String, key: LedgerKey) throws(LedgerError) {
        let checkpoint = try Checkpoint(checkpoint, origin: origin, key: key)
        guard
            MerkleTree.verifies(
                inclusionOf: MerkleTree.leafHash(of: record), at: index, in: checkpoint.size, root: checkpoint.root,
                hashes)
        else {
            throw LedgerError(
                .badProof, "the checkpoint over \(checkpoint.size) records doesn't cover this record at \(index)")
        }
    }
}
