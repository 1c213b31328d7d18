/// The first place where a ledger isn't what it should be.
public struct LedgerFault: Error, Sendable, Hashable {
    /// The promise that is broken.
    public enum Rule: String, Sendable, CaseIterable {
        /// A record isn't exact JSON as records are written.
        case format
        /// A record doesn't have the index of its place: one is missing, doubled or moved.
        case index
        /// A record doesn't name the hash of the one before it.
        case previous
        /// A record doesn't have the hash that was stored with it.
        case storedHash = "stored_hash"
        /// A record is older than the one before it.
        case time
        /// An intent without a call, or whose call no decision before it has permitted, or permitted once and was used.
        case intentWithoutPermit = "intent_without_permit"
        /// An outcome without a call, or whose call has no intent before it, or has had its outcome.
        case outcomeWithoutIntent = "outcome_without_intent"
        /// A checkpoint can't be read, isn't signed by the ledger's key, is of another ledger, or doesn't follow the one
        /// before it.
        case checkpoint
        /// The records aren't those that a checkpoint was signed over.
        case checkpointRoot = "checkpoint_root"
        /// There are fewer records than a checkpoint or the head covers.
        case truncated
        /// There are more records than the head covers.
        case headSize = "head_size"
        /// The records aren't those that the head was computed over.
        case headRoot = "head_root"
    }

    /// The index of the first record that isn't shown to be good. For a record's own fault its index; where a fault lies
    /// somewhere in a stretch (records that no longer fit a root), the start of it: the records before are as signed.
    public let position: Int64
    /// The promise that is broken.
    public let rule: Rule
    /// What is wrong, for people: lower case, no final period.
    public let message: String
    /// What to do about it, where there is something to do.
    public let hint: String?

    init(_ position: Int64, _ rule: Rule, _ message: String, hint: String? = nil) {
        self.position = position
        self.rule = rule
        self.message = message
        self.hint = hint
    }
}
