/// How many sessions a pool keeps, and how it treats them.
public struct PoolSettings: Sendable, Hashable {
    public var session = SessionSettings()
    /// How long somebody may wait for a session.
    public var waitLimit: Duration = .seconds(10)
    /// A session that was idle for longer is asked whether it is still there before it is given out.
    public var trustIdle: Duration = .seconds(30)
    /// How long it may take to answer that.
    public var checkLimit: Duration = .seconds(2)

    public init() {}
}
