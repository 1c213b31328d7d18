public import Authority

/// Time and new ids. They come in from outside, so that tests own them.
public struct World: Sendable {
    public var now: @Sendable () -> Timestamp
    /// What lifetimes and leases are measured by: as `now`, but it goes on when the system's clock is set.
    public var lasting: @Sendable () -> Timestamp
    /// A new id that nobody can guess, with the given prefix.
    public var newID: @Sendable (_ prefix: String) -> String
    /// A number from -1 to 1, by which gateways don't all do the same at the same moment.
    public var jitter: @Sendable () -> Double
    /// Called at named points of a call. Does nothing outside crash tests.
    public var reached: @Sendable (Waypoint) -> Void

    public init(
        now: @escaping @Sendable () -> Timestamp, newID: @escaping @Sendable (String) -> String,
        jitter: @escaping @Sendable () -> Double = { .random(in: -1...1) },
        reached: @escaping @Sendable (Waypoint) -> Void = { _ in }, lasting: (@Sendable () -> Timestamp)? = nil
    ) {
        self.now = now
        self.lasting = lasting ?? now
        self.newID = newID
        self.jitter = jitter
        self.reached = reached
    }
}

/// The points of a call between which a process may die.
public enum Waypoint: String, Sendable, CaseIterable {
    /// Decided, nothing written.
    case beforeCommit = "before-commit"
    /// Decision and intent are durable, nothing was sent.
    case beforeEffect = "before-effect"
    /// The provider has answered, nothing of that is written.
    case beforeOutcome = "before-outcome"
    /// The outcome is durable, the caller has no answer.
    case beforeAnswer = "before-answer"
    /// A renewal of tokens is durable as begun, and nothing was sent.
    case tokenClaimed = "token-claimed"
    /// The provider gave new tokens, and nothing of them is written.
    case tokenAnswered = "token-answered"
    /// New tokens are written, and nobody has used them.
    case tokenKept = "token-kept"
    /// Somebody is cut off in the commit before, and secrets of theirs may still be there.
    case offboardingCut = "offboarding-cut"
    /// A batch of the secrets of somebody who is cut off is destroyed.
    case offboardingBatch = "offboarding-batch"
    /// A new key seals, and its file is written; nothing of that is recorded.
    case keyRotated = "key-rotated"
    /// A batch of rows was sealed anew.
    case rowsResealed = "rows-resealed"
    /// The keys are about to move to another source, and nothing of it is done.
    case keysMoving = "keys-moving"
    /// The key file for the new source is on disk and was read back; the old one counts.
    case keysReady = "keys-ready"
    /// The key file for the new source counts; what it replaced isn't overwritten yet.
    case keysMoved = "keys-moved"
    /// A restored database is ready, and not yet in its place.
    case beforeRestore = "before-restore"
    /// A mail is stored, and not yet marked as read in its mailbox.
    case mailStored = "mail-stored"
    /// What came over a socket is stored, and its platform doesn't know it yet.
    case envelopeStored = "envelope-stored"
    /// The files of an answer are where their channel shows them from, and nobody was shown them.
    case filesUploaded = "files-uploaded"
    /// A mail is marked as read, and nothing behind it was looked at.
    case mailMarked = "mail-marked"
}
