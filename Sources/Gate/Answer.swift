public import Authority
public import Wire

/// What the gate says to a call. Permits never leave it.
public enum Answer: Sendable {
    case done(CallID, JSON)
    case refused(CallID, ProviderRefusal)
    case notSent(CallID, String)
    case unknown(CallID, String)
    /// It happened, and what it needed was revoked meanwhile: the result is recorded and withheld.
    case withheld(CallID)
    /// The same effect is under way, or nobody knows how it ended.
    case pending(CallID, CallState)
    case ask([Finding])
    case connect([Finding])
    case deny([Finding])
    /// There is no such tool, or this person may not see it. Both answer alike.
    case noSuchTool
    case invalid([SchemaViolation])
    /// The ledger or the store can't be used, so nothing is done.
    case unavailable(String)
}
