/// What must never happen, one by one.
public enum Invariant: String, Sendable, CaseIterable {
    /// Nothing reaches the provider before decision and intent are durable.
    case intentFirst = "an effect without a durable intent"
    /// Nothing is permitted that wasn't allowed at the moment of its commit.
    case permitted = "an intent that nothing allowed when it was committed"
    /// The credential belongs to whom the agent's identity says.
    case subject = "an effect with somebody else's account"
    /// What was done is what was judged and shown.
    case asShown = "an effect that differs from what was agreed to"
    case approvalOnce = "an approval that was spent twice"
    case windowBounds = "a window that was used beyond its bounds"
    case budget = "a budget that was exceeded"
    case oneSending = "an effect that was sent twice"
    case identical = "an effect that was repeated while an identical one was open or unknown"
    case outcomeFirst = "an answer before its outcome was durable"
    case labelsFirst = "an answer before its labels were durable"
    case withheld = "an answer after what it stood on was revoked"
    case organization = "another organization's or account's data in an answer"
    case secret = "a secret where none may be"
    case oneOutcome = "an intent without exactly one outcome"
    case fenced = "a commit of a gateway from which others had taken over"
    case recovered = "an open call after the recovery"
    case ledger = "a ledger that doesn't verify"
    case notice = "a notice that was sent twice where it may not be"
    /// Also a refresh token: what isn't durable is lost with the process, and with it the grant.
    case tokenFirst = "a token that was used before it was durable"
    case oneRenewal = "two requests at once for the tokens of one connection"
    case reuse = "a refresh token that came to its server twice"
    case storm = "new tokens that were asked for too often"
    case degraded = "a connection that was given up while its tokens were good"
    case silentLoss = "tokens that were lost and nobody was told why"
    case linear = "a history that no order explains"
    case settled = "work that was left lying"
}

public struct Violation: Sendable, Hashable, CustomStringConvertible {
    public let invariant: Invariant
    public let text: String

    public var description: String { "\(invariant.rawValue): \(text)" }
}
