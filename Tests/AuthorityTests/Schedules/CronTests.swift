import Authority
import Testing

struct CronTests {
    /// 2026-11-22T14:00:00Z, a Sunday.
    static let now: Int64 = 1_795_356_000

    /// An hour east; two from a spring to an autumn moment, at both of which it is 01:00Z. On 2026-03-29 and 2026-10-25.
    static let changing = ZoneClock { moment in
        moment >= 1_774_746_000 && moment < 1_792_890_000 ? 7_200 : 3_600
    }

    private func next(_ text: String, after moment: Int64 = now, in zone: ZoneClock = .utc) throws -> Int64? {
        try CronExpression(parsing: text).next(after: moment, in: zone)
    }

    @Test(arguments: [
        ("* * * * *", 60), ("0 * * * *", 3_600), ("30 14 * * *", 1_800), ("0 14 * * *", 86_400),
        ("0 7 * * 1-5", 17 * 3_600), ("0 7 * * mon,wed", 17 * 3_600), ("0 15 * * 7", 3_600), ("0 15 * * 0", 3_600),
        ("0 0 1 12 *", 8 * 86_400 + 10 * 3_600), ("0 0 1 DEC *", 8 * 86_400 + 10 * 3_600), ("*/20 14 * * *", 1_200),
        // Either day is meant when both are said.
        ("0 0 1 12 1", 15 * 86_400 + 10 * 3_600 - 7 * 86_400),
    ]) func `an expression is due next in so many seconds`(text: String, seconds: Int) throws {
        #expect(try next(text) == CronTests.now + Int64(seconds))
    }

    @Test func `a leap day is waited for`() throws {
        // 2028-02-29T00:00Z.
        #expect(try next("0 0 29 2 *") == 1_835_395_200)
        // After 2096 it is 2104 that has one.
        #expect(try next("0 0 29 2 *", after: 3_981_484_800) == 4_233_686_400)
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8",
        "5-1 * * * *", "*/0 * * * *", "1/2 * * * *", "a * * * *", "* * * * monday", "-1 * * * *", "1,, * * * *",
        "@daily", "0 0 31 2 *", "0 0 30 feb *", "1.5 * * * *", "\u{661} * * * *", "+1 * * * *", "001 * * * *",
    ]) func `what isn't an expression is refused`(text: String) {
        #expect(throws: CronProblem.self) { try CronExpression(parsing: text) }
    }

    @Test func `an hour that clocks skip comes when they are set`() throws {
        let midnight: Int64 = 1_774_738_800
        let gap: Int64 = 1_774_746_000
        #expect(try next("30 2 * * *", after: midnight, in: CronTests.changing) == gap)
        #expect(try next("30 2 * * *", after: gap, in: CronTests.changing) == gap + 86_400 - 1_800)
        // What comes at every hour follows what passes.
        #expect(try next("30 * * * *", after: gap - 60, in: CronTests.changing) == gap + 1_800)
    }

    @Test func `an hour that clocks show twice comes once`() throws {
        let fold: Int64 = 1_792_890_000
        let first = fold - 1_800
        #expect(try next("30 2 * * *", after: fold - 7_200, in: CronTests.changing) == first)
        #expect(try next("30 2 * * *", after: first, in: CronTests.changing) == first + 86_400 + 3_600)
        #expect(try next("30 * * * *", after: first, in: CronTests.changing) == first + 3_600)
    }

    @Test func `generated expressions agree with looking at every minute`() throws {
        var random = SplitMix(seed: 7)
        var found = 0
        var near = 0
        for _ in 0..<400 {
            let text = Self.expression(&random)
            guard let expression = try? CronExpression(parsing: text) else { continue }
            let edge: Int64 = random.chance(50) ? 1_774_746_000 : 1_792_890_000
            let start = edge - Int64(random.below(3 * 86_400)) + 43_200
            let expected = Self.naive(text, expression, after: start, days: 5)
            let given = expression.next(after: start, in: CronTests.changing)
            if let expected {
                #expect(given == expected, "`\(text)` after \(start)")
                found += 1
                if abs(expected - edge) < 10_800 { near += 1 }
            } else {
                #expect(given.map { $0 > start + 4 * 86_400 } ?? true, "`\(text)` after \(start)")
            }
        }
        #expect(found > 200, "the mix has enough that are due: \(found)")
        #expect(near > 20, "and enough near a change: \(near)")
    }

    private static func expression(_ random: inout SplitMix) -> String {
        let minute = random.pick(["*", "0", "30", "*/15", "59", "1,31"])
        let hour = random.pick(["*", "2", "1-3", "*/2", "0", "2,14", "23"])
        let day = random.pick(["*", "*", "*", "29", "25-30"])
        let weekday = random.pick(["*", "*", "*", "0", "mon-fri", "6,7"])
        return "\(minute) \(hour) \(day) * \(weekday)"
    }

    /// Written from the rule and not from the code: minute by minute, by what clocks show.
    private static func naive(_ text: String, _ expression: CronExpression, after start: Int64, days: Int64) -> Int64? {
        let fields = text.split(separator: " ").map(String.init)
        let hours = fields[1]
        var moment = (start / 60 + 1) * 60
        while moment < start + days * 86_400 {
            defer { moment += 60 }
            let wall = moment + changing.offset(moment)
            if hours.hasPrefix("*") {
                if shows(fields, wall) { return moment }
                continue
            }
            // The first time, or the change that skips it.
            let before = moment - 60 + changing.offset(moment - 60)
            if wall > before + 60 {
                if stride(from: before + 60, through: wall, by: 60).contains(where: { shows(fields, $0) }) {
                    return moment
                }
            } else if shows(fields, wall), !(moment - 3_600 + changing.offset(moment - 3_600) == wall) {
                return moment
            }
        }
        return nil
    }

    private static func shows(_ fields: [String], _ wall: Int64) -> Bool {
        let day = wall / 86_400
        let date = civil(day)
        func has(_ field: String, _ value: Int64) -> Bool {
            field.lowercased().split(separator: ",").contains { item in
                let parts = item.split(separator: "/")
                let step = parts.count == 2 ? (Int64(parts[1]) ?? 1) : 1
                if parts[0] == "*" { return value % step == 0 }
                let ends = parts[0].split(separator: "-").map { $0 == "mon" ? 1 : $0 == "fri" ? 5 : Int64($0) ?? -1 }
                return value >= ends[0] && value <= ends[ends.count - 1]
            }
        }
        let weekday = (day + 4) % 7
        let byDay = has(fields[2], date.day)
        let byWeekday = has(fields[4], weekday) || weekday == 0 && has(fields[4], 7)
        let isDay =
            fields[2].hasPrefix("*") || fields[4].hasPrefix("*") ? byDay && byWeekday : byDay || byWeekday
        return isDay && has(fields[0], wall / 60 % 60) && has(fields[1], wall / 3_600 % 24)
    }

    private static func civil(_ number: Int64) -> (month: Int64, day: Int64) {
        var left = number - 20_454
        var month: Int64 = 1
        // From 2026-01-01 on.
        for length in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as [Int64] {
            if left < length { break }
            left -= length
            month += 1
        }
        return (month, left + 1)
    }
}
