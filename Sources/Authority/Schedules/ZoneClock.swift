/// What clocks on the wall show in one zone.
public struct ZoneClock: Sendable {
    /// Seconds east of UTC at a moment, which is in seconds since 1970.
    public let offset: @Sendable (Int64) -> Int64

    public init(offset: @escaping @Sendable (Int64) -> Int64) {
        self.offset = offset
    }

    public static let utc = ZoneClock { _ in 0 }

    /// No zone is further from UTC, or changes by more at once, than a day.
    private static let furthest: Int64 = 86_400

    /// Every moment at which clocks show this, the first first: two when they are set back over it, none when they are set
    /// forward over it.
    ///
    /// - Parameter wall: what they show, as the seconds since 1970 that it would be in UTC.
    func moments(showing wall: Int64) -> [Int64] {
        let offsets = [offset(wall - ZoneClock.furthest), offset(wall + ZoneClock.furthest)]
        return Set(offsets.map { wall - $0 }).filter { $0 + offset($0) == wall }.sorted()
    }

    /// The first moment at which clocks show this, or, when they are set forward over it, the one at which they are.
    func moment(showing wall: Int64) -> Int64 {
        if let first = moments(showing: wall).first { return first }
        // Before `low` they show less, at `high` they show more.
        var low = wall - ZoneClock.furthest - max(0, offset(wall - ZoneClock.furthest))
        var high = wall + ZoneClock.furthest - min(0, offset(wall + ZoneClock.furthest))
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if middle + offset(middle) < wall { low = middle } else { high = middle }
        }
        return high
    }

    /// The day that clocks show.
    func day(at moment: Int64) -> Int64 {
        let wall = moment + offset(moment)
        return wall >= 0 ? wall / 86_400 : (wall - 86_399) / 86_400
    }
}
