/// Why a record, a key, a note or a checkpoint can't be made or read.
public struct LedgerError: Error, Sendable, Hashable {
    /// What went wrong, for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// A field of a leaf bears a name that the record itself uses.
        case reservedField = "reserved_field"
        /// A record would be, or is, longer than ``Leaf/maximumBytes``.
        case tooLarge = "too_large"
        /// The bytes aren't a record as ``Leaf/bytes(at:previous:notBefore:)`` writes it.
        case badRecord = "bad_record"
        /// The text isn't a key.
        case badKey = "bad_key"
        /// The text isn't a signed note.
        case badNote = "bad_note"
        /// The text isn't a checkpoint.
        case badCheckpoint = "bad_checkpoint"
        /// The text isn't a proof, or doesn't prove what it is said to.
        case badProof = "bad_proof"
        /// The text isn't a receipt of this ledger.
        case badReceipt = "bad_receipt"
        /// No signature of the wanted key, or one that doesn't fit the text.
        case badSignature = "bad_signature"
    }

    /// What went wrong, for programs.
    public let code: Code
    /// What went wrong, for people: lower case, no final period.
    public let message: String
    /// What to do about it, where there is something to do.
    public let hint: String?

    /// An error of this module.
    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}
