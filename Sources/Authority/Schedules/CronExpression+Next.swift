extension CronExpression {
    /// Leap days can be eight years apart.
    private static let furthest: Int64 = 366 * 9

    /// The first moment after this one at which it is due; in seconds since 1970.
    ///
    /// What comes at certain hours comes once on a day: where clocks are set forward over it, when they are, and where they are
    /// set back over it, the first time. What comes at every so many hours comes whenever clocks show it.
    public func next(after moment: Int64, in zone: ZoneClock) -> Int64? {
        let first = zone.day(at: moment) - 1
        for day in first..<first + CronExpression.furthest {
            guard let found = earliest(on: day, after: moment, in: zone) else { continue }
            // Clocks that are set back over midnight show the end of a day after the beginning of the next one.
            return earliest(on: day + 1, after: moment, in: zone).map { min($0, found) } ?? found
        }
        return nil
    }

    private func earliest(on day: Int64, after moment: Int64, in zone: ZoneClock) -> Int64? {
        guard isMeant(CivilDay(number: day)) else { return nil }
        let steady = zone.offset(around: day)
        var found: Int64?
        for hour in Int64(0)..<24 where hours >> UInt64(hour) & 1 == 1 {
            for minute in Int64(0)..<60 where minutes >> UInt64(minute) & 1 == 1 {
                let wall = day * 86_400 + hour * 3_600 + minute * 60
                if let steady {
                    if wall - steady > moment { return wall - steady }
                    continue
                }
                let due = isAnyHour ? zone.moments(showing: wall) : [zone.moment(showing: wall)]
                for one in due where one > moment { found = found.map { min($0, one) } ?? one }
            }
        }
        return found
    }
}

extension ZoneClock {
    /// The offset of a day on which, and near which, clocks aren't set; nil for another.
    fileprivate func offset(around day: Int64) -> Int64? {
        let offsets = [-24, -12, 0, 12, 24, 36, 48].map { offset(day * 86_400 + $0 * 3_600) }
        return Set(offsets).count == 1 ? offsets[0] : nil
    }
}
