/// The exact value of a number's text: a sign, digits without zeros at either end, and the place of the first digit.
///
/// Nothing is expanded, so `1e1000000` costs no more than `1`. Exponents beyond ±10^17 are held at that bound.
struct Decimal: Comparable {
    let isNegative: Bool
    /// Digit values, first one not 0, last one not 0; none for zero.
    let digits: [UInt8]
    /// The value is 0.d₁d₂d₃… × 10^magnitude.
    let magnitude: Int

    init(_ number: JSONNumber) {
        var collected: [UInt8] = []
        var negative = false
        var whole = 0
        var inFraction = false
        var exponent = 0
        var exponentNegative = false
        var inExponent = false
        for byte in number.text.utf8 {
            switch byte {
            case UInt8(ascii: "-"):
                if inExponent { exponentNegative = true } else { negative = true }
            case UInt8(ascii: "."):
                inFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                inExponent = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digit = byte - UInt8(ascii: "0")
                if inExponent {
                    exponent = min(exponent * 10 + Int(digit), Self.farthest)
                } else {
                    collected.append(digit)
                    if !inFraction { whole += 1 }
                }
            case _:
                break
            }
        }
        let leading = collected.prefix { $0 == 0 }.count
        while collected.last == 0 { collected.removeLast() }
        digits = Array(collected.dropFirst(leading))
        isNegative = negative && !digits.isEmpty
        magnitude = digits.isEmpty ? 0 : whole - leading + (exponentNegative ? -exponent : exponent)
    }

    private static let farthest = 100_000_000_000_000_000

    /// The value as an integer, when it is one and fits.
    var integer: Int64? {
        if digits.isEmpty { return 0 }
        guard magnitude >= digits.count, magnitude <= 19 else { return nil }
        var value: Int64 = 0
        for place in 0..<magnitude {
            let digit = place < digits.count ? Int64(digits[place]) : 0
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.subtractingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// Whether the value is a whole number, of any size.
    var isWhole: Bool {
        magnitude >= digits.count
    }

    static func < (left: Decimal, right: Decimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isCloserToZero(than: left) : left.isCloserToZero(than: right)
    }

    private func isCloserToZero(than other: Decimal) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        if magnitude != other.magnitude { return magnitude < other.magnitude }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
