public import Wire

/// A ledger's signed promise to whoever made a call: these records stand at these places. Whoever keeps it proves by it
/// alone that one of them was dropped or altered.
public struct Receipt: Sendable, Hashable {
    /// One record that is promised.
    public struct Leaf: Sendable, Hashable {
        public let index: Int64
        public let hash: Digest

        public init(index: Int64, hash: Digest) {
            self.index = index
            self.hash = hash
        }
    }

    /// The origin of the tree's checkpoints, which is the name of its key.
    public let origin: String
    /// When it was given, in microseconds since 1970.
    public let time: Int64
    /// In the order of their places; one at least.
    public let leaves: [Leaf]

    public init(origin: String, time: Int64, leaves: [Leaf]) {
        self.origin = origin
        self.time = time
        self.leaves = leaves
    }

    /// Not an origin, so that a receipt is never taken for a checkpoint of the same key.
    private static let first = "deputy/receipt@v1"

    /// The lines that are signed: what it is, origin, time, and each record's index and leaf hash in base64.
    public var text: String {
        "\(Self.first)\n\(origin)\n\(time)\n"
            + leaves.map { "\($0.index) \(Base64.encode($0.hash.bytes))\n" }.joined()
    }

    public func signed(by key: LedgerSigningKey) throws(LedgerError) -> SignedNote {
        try SignedNote(text: text, signedBy: key)
    }

    /// Reads a signed receipt, and returns it once its signature by `key` and its origin are right. Throws `badNote`,
    /// `badSignature` or `badReceipt`.
    public init(_ note: String, origin: String, key: LedgerKey) throws(LedgerError) {
        let note = try SignedNote(note)
        try note.verify(with: key)
        let bad = LedgerError(.badReceipt, "that isn't a receipt of `\(origin)`")
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 5, let time = Int64(lines[2]) else { throw bad }
        var leaves: [Leaf] = []
        for line in lines.dropFirst(3).dropLast() {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, let index = Int64(parts[0]), index >= 0,
                let hash = Base64.decode(String(parts[1])).flatMap({ Digest(bytes: $0) })
            else { throw bad }
            leaves.append(Leaf(index: index, hash: hash))
        }
        self.init(origin: origin, time: time, leaves: leaves)
        guard text.utf8.elementsEqual(note.text.utf8) else { throw bad }
    }
}
