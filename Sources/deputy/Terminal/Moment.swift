import FoundationEssentials

/// Times, as people write and read them. All are UTC, in microseconds since 1970.
enum Moment {
    /// `2026-11-21 07:46:03`.
    static func text(_ microseconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: Double(microseconds / 1_000_000))
        return date.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space)).replacing("Z", with: "")
    }

    /// `2026-11-21T07:46:03.000000Z` (RFC 3339).
    static func exact(_ microseconds: Int64) -> String {
        let whole = Date(timeIntervalSince1970: Double(microseconds / 1_000_000)).formatted(.iso8601)
        let part = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
        return whole.replacing("Z", with: ".\(part)Z")
    }

    /// How long there still is, such as `29 days`; empty once it has passed.
    static func left(until microseconds: Int64, now: Date = Date()) -> String {
        let seconds = microseconds / 1_000_000 - Int64(now.timeIntervalSince1970)
        return seconds > 0 ? "in " + Ago.words(seconds: seconds) : ""
    }

    /// Reads `2026-11-21`, `2026-11-21T07:46:03Z`, or how long ago: `90s`, `30m`, `12h`, `7d`.
    static func parse(_ text: String, as option: String, now: Date = Date()) throws -> Int64 {
        if let date = ago(text, now) ?? day(text) ?? (try? Date(text, strategy: .iso8601)) {
            return Int64(date.timeIntervalSince1970) * 1_000_000
        }
        throw CommandFailure(
            .refused, "invalid", "`\(option)` can't be `\(text)`",
            hint: "a day such as 2026-11-21, a time such as 2026-11-21T07:46:03Z, or how long ago: 30m, 12h, 7d")
    }

    /// Reads when something ends: a day or a time that is still to come. How long ago would be over already.
    static func end(_ text: String, as option: String, now: Date = Date()) throws -> Int64 {
        let hint = "a day that is to come, such as 2027-05-31, or a time such as 2027-05-31T12:00:00Z"
        guard let date = day(text) ?? (try? Date(text, strategy: .iso8601)) else {
            throw CommandFailure(.refused, "invalid", "`\(option)` can't be `\(text)`", hint: hint)
        }
        guard date > now else {
            throw CommandFailure(.refused, "invalid", "`\(text)` of `\(option)` is over already", hint: hint)
        }
        return Int64(date.timeIntervalSince1970) * 1_000_000
    }

    private static func ago(_ text: String, _ now: Date) -> Date? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), count >= 0,
            Double(count) * unit <= now.timeIntervalSince1970
        else { return nil }
        return now.addingTimeInterval(-Double(count) * unit)
    }

    private static func day(_ text: String) -> Date? {
        guard text.count == 10 else { return nil }
        return try? Date(text + "T00:00:00Z", strategy: .iso8601)
    }
}
