/// One field of an expression: lists of values, ranges and steps.
enum CronField: String {
    case minute
    case hour
    case day = "day of month"
    case month
    case weekday = "day of week"

    private var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        case .weekday: 0...7
        }
    }

    private var names: [String] {
        switch self {
        case .minute, .hour, .day: []
        case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        case .weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        }
    }

    /// A bit for each value that is meant.
    func bits(of text: String) throws(CronProblem) -> UInt64 {
        var bits: UInt64 = 0
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            for value in try values(of: String(item)) { bits |= 1 << UInt64(value) }
        }
        return bits
    }

    private func values(of item: String) throws(CronProblem) -> StrideThrough<Int> {
        let parts = item.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else { throw problem(item) }
        let step: Int
        if parts.count == 2 {
            guard let given = number(parts[1]), given > 0, given <= range.upperBound else { throw problem(item) }
            step = given
        } else {
            step = 1
        }
        if parts[0] == "*" {
            // Sunday once.
            return stride(from: range.lowerBound, through: self == .weekday ? 6 : range.upperBound, by: step)
        }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count <= 2, let first = value(ends[0]), let last = value(ends[ends.count - 1]), first <= last,
            ends.count == 2 || parts.count == 1
        else { throw problem(item) }
        return stride(from: first, through: last, by: step)
    }

    private func value(_ text: String) -> Int? {
        let found = names.firstIndex(of: text.lowercased()).map { $0 + range.lowerBound } ?? number(text)
        return found.flatMap { range.contains($0) ? $0 : nil }
    }

    private func number(_ text: String) -> Int? {
        guard (1...2).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }

    private func problem(_ item: String) -> CronProblem {
        let known = names.isEmpty ? "" : ", or names such as `\(names[1])`"
        return CronProblem(
            "`\(item)` isn't \(self == .hour ? "an" : "a") \(rawValue)",
            hint: "\(range.lowerBound) to \(range.upperBound)\(known); `*`, `1-5`, `1,3` and `*/2` say several")
    }
}
