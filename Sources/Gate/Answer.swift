public import Authority
public import Wire

/// What the gate says to a call. Permits never leave it.
public indirect enum Answer: Sendable {
    case done(CallID, JSON)
    /// An approver changed the arguments into these, and this is what became of that call.
    case edited(by: PersonID, JSONObject, Answer)
    case refused(CallID, ProviderRefusal)
    case notSent(CallID, String)
    case unknown(CallID, String)
    /// It happened, and what it needed was revoked meanwhile: the result is recorded and withheld.
    case withheld(CallID)
    /// The same effect is under way, or nobody knows how it ended.
    case pending(CallID, CallState)
    /// A human has to agree. The ticket says where; nil when nobody can.
    case ask([Finding], AskTicket?)
    /// A human said no to this very call.
    case declined(ApprovalID, by: PersonID, reason: String)
    /// So many asks wait already that one more isn't taken.
    case tooManyAsks(Int)
    case connect([Finding])
    case deny([Finding])
    /// There is no such tool, or this person may not see it. Both answer alike.
    case noSuchTool
    case invalid([SchemaViolation])
    /// The ledger or the store can't be used, so nothing is done.
    case unavailable(String)
}

/// Where a call waits for a human.
public struct AskTicket: Sendable, Hashable {
    public let approval: ApprovalID
    public let approvers: Set<PersonID>
    public let expires: Timestamp
    /// Agreed to, and being carried out: the identical call has its result in a moment.
    public let isRunning: Bool

    init(_ approval: Approval) {
        self.approval = approval.id
        approvers = approval.approvers
        expires = approval.expires
        isRunning = approval.state != .waiting
    }
}
