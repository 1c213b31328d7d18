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
    /// What rows of this person say in words: names of dead tokens, of accounts of revoked connections.
    case words(OrganizationID, PersonID)
}
