/// Whether an approver sees what waits for them where they talk, so that no notice has to say so.
public enum ApproverReach: Sendable, Hashable {
    case reached
    /// It is on its way.
    case underWay
    case unreached
}
