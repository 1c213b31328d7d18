extension Timing {
    /// The least and the most seconds of `every`.
    public static let intervals: ClosedRange<Int64> = 60...366 * 86_400

    /// Reads `15m`, `2h` or `1d`.
    public static func interval(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["m": 60, "h": 3_600, "d": 86_400]
        guard let last = text.last, let unit = units[last], text.utf8.count <= 7,
            text.dropLast().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int64(text.dropLast()), intervals.contains(number * unit)
        else { return nil }
        return number * unit
    }

    /// Reads `2026-12-24T18:00` as what clocks show then.
    public static func wallTime(_ text: String) -> Int64? {
        let shape = Array("0000-00-00T00:00".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count == shape.count else { return nil }
        for (byte, kind) in zip(bytes, shape) {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard kind == UInt8(ascii: "0") ? isDigit : byte == kind else { return nil }
        }
        func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
        let (hour, minute) = (number(11..<13), number(14..<16))
        guard hour < 24, minute < 60,
            let day = CivilDay(year: Int64(number(0..<4)), month: number(5..<7), day: number(8..<10))
        else { return nil }
        return day.number * 86_400 + Int64(hour * 3_600 + minute * 60)
    }
}
