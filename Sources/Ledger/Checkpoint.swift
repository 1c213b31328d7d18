public import Wire

/// What a ledger says of itself at one size (C2SP tlog-checkpoint): signed, it fixes every record below.
public struct Checkpoint: Sendable, Hashable {
    /// The ledger's name, such as `acme.example/ledger`.
    public let origin: String
    /// How many records it covers.
    public let size: Int64
    /// The root of the tree over them.
    public let root: Digest

    /// A checkpoint. The origin must not be empty or hold a control character; a text with such an origin isn't read.
    public init(origin: String, size: Int64, root: Digest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The three lines that are signed: origin, size, root in base64.
    public var text: String {
        "\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n"
    }

    /// Reads a checkpoint's lines. Throws `badCheckpoint` for anything that ``text`` wouldn't write: extension lines
    /// too, which the specification allows and advises against, because nobody could audit them.
    public init(text: String) throws(LedgerError) {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard lines.count == 4, !lines[0].isEmpty, let size = Int64(lines[1]), size >= 0,
            let root = Base64.decode(lines[2]).flatMap({ Digest(bytes: $0) })
        else {
            throw LedgerError(.badCheckpoint, "a checkpoint is an origin, a size and a root, each on its line")
        }
        self.init(origin: lines[0], size: size, root: root)
        guard self.text.utf8.elementsEqual(text.utf8) else {
            throw LedgerError(.badCheckpoint, "the checkpoint is written in another way than checkpoints are")
        }
    }

    /// The checkpoint as a signed note, for storing and publishing.
    ///
    /// The caller must never sign two that contradict each other.
    public func signed(by key: LedgerSigningKey) throws(LedgerError) -> SignedNote {
        try SignedNote(text: text, signedBy: key)
    }

    /// Reads a signed checkpoint, and returns it once its signature by `key` and its origin are right. Throws
    /// `badNote`, `badSignature` or `badCheckpoint`.
    public init(_ note: String, origin: String, key: LedgerKey) throws(LedgerError) {
        let note = try SignedNote(note)
        try note.verify(with: key)
        try self.init(text: note.text)
        guard self.origin.utf8.elementsEqual(origin.utf8) else {
            throw LedgerError(.badCheckpoint, "the checkpoint is of `\(self.origin)`, not of `\(origin)`")
        }
    }
}
