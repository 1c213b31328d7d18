/// The wait that a refusal asks for in its words: `Please try again in 1m2.5s.`, `… in 350ms.`
enum RetryWords {
    /// Whole seconds, rounded up; nil when the words have none.
    static func seconds(in words: String) -> Int? {
        guard let start = words.lowercased().firstRange(of: "try again in ")?.upperBound else { return nil }
        let told = words.lowercased()[start...].prefix { $0.isASCII && ($0.isNumber || $0.isLetter || $0 == ".") }
        var total = 0.0
        var rest = told
        var isFound = false
        while let number = Double(rest.prefix { $0.isNumber || ($0 == "." && rest.count > 1) }) {
            rest = rest.drop { $0.isNumber || $0 == "." }
            let unit = rest.prefix(while: \.isLetter)
            guard let factor = factors[String(unit)], number.isFinite else { break }
            rest = rest.dropFirst(unit.count)
            total += number * factor
            isFound = true
        }
        guard isFound else { return nil }
        return Int(min(total, Double(ModelLimits.wait)).rounded(.up))
    }

    private static let factors = ["ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400]
}
