public import Authority

/// What goes when a person's payloads are erased. Leaves stay: without the key beside the payload, the digest in a leaf
/// tells nobody anything.
public enum ErasureChange: StoredChange {
    /// Payloads, with the keys of their digests. What the database still holds of them is overwritten.
    case payloads([String])
    /// Approvals that nothing can come of any more, and the windows that were opened with them.
    case approvals([ApprovalID])
    /// Every notice to this person.
    case notices(OrganizationID, PersonID)
    /// What agents remember about this person, and were told by them in conversations.
    case memory(OrganizationID, PersonID)
    /// What rows of this person say in words: names of dead tokens, of accounts of revoked connections. What they wrote, and what
    /// was said to them.
    case words(OrganizationID, PersonID)
    /// What a sender wrote who is nobody, what was said to them, and what models and tools said in their turns. Refused as
    /// `exists` when the sender is somebody by now, or there is more of it or less than this.
    case sender(OrganizationID, String, SenderWords)
}

/// How much there is of a sender's words.
public struct SenderWords: Sendable, Hashable {
    /// What they wrote.
    public let messages: Int
    /// What was said to them, cards among it.
    public let answers: Int

    public init(messages: Int, answers: Int) {
        self.messages = messages
        self.answers = answers
    }
}
