extension JSON5Reader {
    private static let hexadecimalDigits = 64

    /// Reads a number and writes it as JSON does.
    mutating func number() throws(JSON5Error) -> JSONNumber {
        let start = position
        let isNegative = peek() == "-"
        if isNegative || peek() == "+" { advance() }
        if let first = peek(), Self.startsName(first) {
            let name = try name()
            if name == "Infinity" || name == "NaN" { throw Self.notFinite(name, at: start) }
            throw JSON5Error("expected a number behind the sign", at: start)
        }
        let magnitude: String
        if peek() == "0", peek(1) == "x" || peek(1) == "X" {
            advance(2)
            magnitude = try hexadecimalNumber()
        } else {
            magnitude = try decimalNumber()
        }
        if let next = peek(), Self.continuesName(next) || next == "\\" || next == "." {
            throw fault("a number is followed by \(String(next).quoted)", hint: "put a string in quotes")
        }
        guard let number = JSONNumber((isNegative ? "-" : "") + magnitude) else {
            throw JSON5Error("this isn't a number", at: start)
        }
        return number
    }

    private mutating func decimalNumber() throws(JSON5Error) -> String {
        let start = position
        var whole = digits()
        if whole.count > 1, whole.first == "0" {
            throw JSON5Error("a number can't start with `0`", at: start, hint: "leave the zeros out, or write `0x…`")
        }
        var fraction = ""
        if take(".") {
            fraction = digits()
            guard !whole.isEmpty || !fraction.isEmpty else {
                throw JSON5Error("expected a digit at the point", at: start)
            }
        }
        guard !whole.isEmpty || !fraction.isEmpty else { throw JSON5Error("expected a digit", at: start) }
        if whole.isEmpty { whole = "0" }
        var text = fraction.isEmpty ? whole : "\(whole).\(fraction)"
        if take("e") || take("E") {
            text += "e"
            if take("-") { text += "-" } else { _ = take("+") }
            let exponent = digits()
            guard !exponent.isEmpty else { throw fault("expected the digits of the exponent") }
            text += exponent
        }
        return text
    }

    private mutating func digits() -> String {
        var text = String.UnicodeScalarView()
        while let scalar = peek(), Self.isDigit(scalar) {
            text.append(scalar)
            advance()
        }
        return String(text)
    }

    private mutating func hexadecimalNumber() throws(JSON5Error) -> String {
        // Decimal digits, lowest first.
        var decimal: [UInt8] = [0]
        var count = 0
        while let digit = Self.hexadecimalValue(peek()) {
            count += 1
            guard count <= Self.hexadecimalDigits else {
                throw fault("a hexadecimal number has at most \(Self.hexadecimalDigits) digits")
            }
            var carry = digit
            for place in decimal.indices {
                // At most 9 × 16 + 15, within a byte.
                let value = decimal[place] * 16 + carry
                decimal[place] = value % 10
                carry = value / 10
            }
            while carry > 0 {
                decimal.append(carry % 10)
                carry /= 10
            }
            advance()
        }
        guard count > 0 else { throw fault("expected hexadecimal digits behind `0x`") }
        return String(decoding: decimal.reversed().map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }
}
