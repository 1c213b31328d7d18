/// When a schedule is due.
public enum Timing: Hashable, Sendable {
    case cron(CronExpression)
    /// Every so many seconds from when it was set.
    case every(Int64)
    /// Once, when clocks show this: the seconds since 1970 that it would be in UTC.
    case once(Int64)

    /// The first moment after this one; nil when there is none any more.
    ///
    /// - Parameter start: when it was set.
    public func next(after moment: Timestamp, since start: Timestamp, in zone: ZoneClock) -> Timestamp? {
        let now = moment.microseconds.flooredSeconds
        let found: Int64?
        switch self {
        case .cron(let expression): found = expression.next(after: now, in: zone)
        case .every(let seconds):
            let begun = start.microseconds.flooredSeconds
            found = now < begun ? begun + seconds : begun + ((now - begun) / seconds + 1) * seconds
        case .once(let wall):
            let due = zone.moment(showing: wall)
            found = due > now ? due : nil
        }
        return found.map { Timestamp(microseconds: $0 * 1_000_000) }
    }
}

extension Int64 {
    fileprivate var flooredSeconds: Int64 { self >= 0 ? self / 1_000_000 : (self - 999_999) / 1_000_000 }
}
