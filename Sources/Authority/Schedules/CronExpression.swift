/// Five fields, as cron(5) has them: minute, hour, day of month, month, day of week.
public struct CronExpression: Hashable, Sendable {
    /// As it was written.
    public let text: String
    let minutes: UInt64
    let hours: UInt64
    let days: UInt64
    let months: UInt64
    /// 0 for Sunday.
    let weekdays: UInt64
    /// Whether the field says nothing of days, by which the other one alone decides.
    let isAnyDay: Bool
    let isAnyWeekday: Bool
    /// Whether it comes every so many hours, and so at what passes rather than at what clocks show.
    let isAnyHour: Bool

    /// - Throws: which field is wrong, and how it would be right.
    public init(parsing text: String) throws(CronProblem) {
        let fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard fields.count == 5 else {
            throw CronProblem(
                "`\(text)` has \(fields.count) fields and not five",
                hint: "minute, hour, day of month, month, day of week: `0 7 * * 1-5` is at 7:00 from Monday to Friday")
        }
        self.text = text
        minutes = try CronField.minute.bits(of: fields[0])
        hours = try CronField.hour.bits(of: fields[1])
        days = try CronField.day.bits(of: fields[2])
        months = try CronField.month.bits(of: fields[3])
        let weekdays = try CronField.weekday.bits(of: fields[4])
        // 7 is Sunday too.
        self.weekdays = weekdays & 0x7F | weekdays >> 7 & 1
        isAnyHour = fields[1].hasPrefix("*")
        isAnyDay = fields[2].hasPrefix("*")
        isAnyWeekday = fields[4].hasPrefix("*")
        guard mayCome else {
            throw CronProblem("`\(text)` is a day that never comes", hint: "no such month has that day")
        }
    }

    private var mayCome: Bool {
        guard !isAnyDay, isAnyWeekday else { return true }
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains { month in
            months >> UInt64(month) & 1 == 1
                && (1...lengths[month - 1]).contains { days >> UInt64($0) & 1 == 1 }
        }
    }

    /// Both fields of days: when each says something, a day that either means is meant.
    func isMeant(_ day: CivilDay) -> Bool {
        guard months >> UInt64(day.month) & 1 == 1 else { return false }
        let byDay = days >> UInt64(day.day) & 1 == 1
        let byWeekday = weekdays >> UInt64(day.weekday) & 1 == 1
        return isAnyDay || isAnyWeekday ? byDay && byWeekday : byDay || byWeekday
    }
}

/// What is wrong with an expression, and the way out.
public struct CronProblem: Error, Hashable, Sendable {
    public let message: String
    public let hint: String?

    init(_ message: String, hint: String?) {
        self.message = message
        self.hint = hint
    }
}
