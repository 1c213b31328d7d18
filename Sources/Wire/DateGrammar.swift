/// Dates and times of RFC 3339 section 5.6.
enum DateGrammar {
    /// `full-date`, of a day that exists.
    static func acceptsDate(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, let year = number(parts[0], digits: 4), let month = number(parts[1], digits: 2),
            let day = number(parts[2], digits: 2), (1...12).contains(month)
        else { return false }
        return day >= 1 && day <= days(in: month, of: year)
    }

    /// `date-time`. A leap second is taken in the last minute of an hour only.
    static func acceptsDateTime(_ text: [UInt8]) -> Bool {
        guard text.count >= 20, text[10] | 0x20 == UInt8(ascii: "t"), acceptsDate(text[..<10]) else { return false }
        let time = text[11..<19].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard time.count == 3, let hour = number(time[0], digits: 2), let minute = number(time[1], digits: 2),
            let second = number(time[2], digits: 2), hour < 24, minute < 60, second < (minute == 59 ? 61 : 60)
        else { return false }
        var rest = text[19...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let fraction = rest.prefix(while: NumberGrammar.isDigit)
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(fraction.count)
        }
        return acceptsOffset(rest)
    }

    private static func acceptsOffset(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first else { return false }
        if first | 0x20 == UInt8(ascii: "z") { return text.count == 1 }
        guard first == UInt8(ascii: "+") || first == UInt8(ascii: "-") else { return false }
        let parts = text.dropFirst().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, let hours = number(parts[0], digits: 2), let minutes = number(parts[1], digits: 2)
        else { return false }
        return hours < 24 && minutes < 60
    }

    private static func number(_ text: ArraySlice<UInt8>, digits: Int) -> Int? {
        guard text.count == digits, text.allSatisfy(NumberGrammar.isDigit) else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        case _: 31
        }
    }
}
