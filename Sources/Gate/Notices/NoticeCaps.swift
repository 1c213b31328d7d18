import Authority

/// How often a person is told, so that an agent can't flood them. What is over a cap waits, and is counted in the next
/// message.
public struct NoticeCaps: Sendable, Hashable {
    /// What comes within this many seconds of the first is one message.
    public var togetherSeconds: Int64 = 5
    public var perPersonHour = 6
    public var perPersonDay = 30
    public var perSourceHour = 3
    public var perSourceDay = 10

    public init() {}

    /// When the next message to a person may leave.
    func earliest(afterPerson times: [Timestamp]) -> Timestamp {
        max(
            NoticeCaps.earliest(times, limit: perPersonHour, seconds: 3600),
            NoticeCaps.earliest(times, limit: perPersonDay, seconds: 86_400))
    }

    /// When the next message may leave that this source alone is the reason for.
    func earliest(afterSource times: [Timestamp]) -> Timestamp {
        max(
            NoticeCaps.earliest(times, limit: perSourceHour, seconds: 3600),
            NoticeCaps.earliest(times, limit: perSourceDay, seconds: 86_400))
    }

    /// At most `limit` in any window of this many seconds: the next comes when the `limit`-th last is that old.
    private static func earliest(_ times: [Timestamp], limit: Int, seconds: Int64) -> Timestamp {
        let sorted = times.sorted()
        guard limit > 0, sorted.count >= limit else { return Timestamp(microseconds: 0) }
        return sorted[sorted.count - limit].adding(seconds: seconds)
    }
}
