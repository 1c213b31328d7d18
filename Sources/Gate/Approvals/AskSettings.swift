/// How asking is bounded, and who is told.
public struct AskSettings: Sendable {
    /// How long an ask waits for an answer, and an answer for being carried out.
    public var seconds: Int64
    public var caps: AskCaps
    /// What is committed together with an ask, so that its notice can't be lost.
    public var notices: @Sendable (Approval) -> [any StoredChange]
    /// What is committed together with a refusal for want of a connection, or after one turned out broken.
    public var connectionNotices: @Sendable (ConnectionNeed) -> [any StoredChange]
    /// Called after such a notice became durable.
    public var told: @Sendable () -> Void
    /// Called after an ask became durable or an answer made it ready to be carried out.
    public var wake: @Sendable (Approval) -> Void

    public init(
        seconds: Int64 = 24 * 3600, caps: AskCaps = AskCaps(),
        notices: @escaping @Sendable (Approval) -> [any StoredChange] = { _ in [] },
        connectionNotices: @escaping @Sendable (ConnectionNeed) -> [any StoredChange] = { _ in [] },
        told: @escaping @Sendable () -> Void = {}, wake: @escaping @Sendable (Approval) -> Void = { _ in }
    ) {
        self.seconds = seconds
        self.caps = caps
        self.notices = notices
        self.connectionNotices = connectionNotices
        self.told = told
        self.wake = wake
    }
}
