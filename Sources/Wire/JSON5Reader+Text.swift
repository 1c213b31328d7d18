extension JSON5Reader {
    /// Reads a string in either kind of quotes.
    mutating func string() throws(JSON5Error) -> String {
        let start = position
        let quote = scalars[place]
        advance()
        var content = String.UnicodeScalarView()
        while let scalar = peek() {
            switch scalar {
            case quote:
                advance()
                return String(content)
            case "\\":
                try escape(into: &content)
            case "\n", "\r":
                throw fault("the line ends within a string", hint: "end the string, or put `\\` before the line end")
            case _:
                content.append(scalar)
                advance()
            }
        }
        throw JSON5Error("the string never ends", at: start)
    }

    private mutating func escape(into content: inout String.UnicodeScalarView) throws(JSON5Error) {
        let start = position
        advance()
        guard let letter = peek() else { throw fault("the text ends within a string") }
        advance()
        switch letter {
        case "b": content.append("\u{08}")
        case "f": content.append("\u{0C}")
        case "n": content.append("\n")
        case "r": content.append("\r")
        case "t": content.append("\t")
        case "v": content.append("\u{0B}")
        case "x": content.append(Unicode.Scalar(UInt8(truncatingIfNeeded: try hexadecimal(digits: 2))))
        case "u": content.append(try unicodeEscape(from: start))
        case "\r": _ = take("\n")
        case "\n", "\u{2028}", "\u{2029}": break
        case "0" where !Self.isDigit(peek()): content.append("\0")
        case "0"..."9":
            throw JSON5Error("no such escape in a string", at: start, hint: "write it as `\\xXX` or `\\uXXXX`")
        case _: content.append(letter)
        }
    }

    /// Reads the digits behind `\u`, and the second half of a surrogate pair behind the first.
    private mutating func unicodeEscape(from start: SourcePosition) throws(JSON5Error) -> Unicode.Scalar {
        let first = try hexadecimal(digits: 4)
        if let scalar = Unicode.Scalar(first) { return scalar }
        let lone = JSON5Error("half of a surrogate pair stands alone", at: start)
        guard first < 0xDC00, peek() == "\\", peek(1) == "u" else { throw lone }
        advance(2)
        let second = try hexadecimal(digits: 4)
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw lone }
        return scalar
    }

    private mutating func hexadecimal(digits: Int) throws(JSON5Error) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = Self.hexadecimalValue(peek()) else {
                throw fault("expected \(digits) hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            advance()
        }
        return value
    }

    /// Reads a bare key or word: an identifier name of ECMAScript 5.1 section 7.6.
    mutating func name() throws(JSON5Error) -> String {
        var content = String.UnicodeScalarView()
        while let scalar = peek() {
            if scalar == "\\" {
                let start = position
                advance()
                guard take("u") else { throw JSON5Error("expected `\\uXXXX` in a bare key", at: start) }
                let escaped = try unicodeEscape(from: start)
                guard content.isEmpty ? Self.startsName(escaped) : Self.continuesName(escaped) else {
                    throw JSON5Error(
                        "this character can't stand in a bare key", at: start, hint: "put the key in quotes")
                }
                content.append(escaped)
            } else if content.isEmpty ? Self.startsName(scalar) : Self.continuesName(scalar) {
                content.append(scalar)
                advance()
            } else {
                break
            }
        }
        return String(content)
    }

    static func startsName(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "$" || scalar == "_" { return true }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber: true
        case _: false
        }
    }

    static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
        if startsName(scalar) || scalar == "\u{200C}" || scalar == "\u{200D}" { return true }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .decimalNumber, .connectorPunctuation: true
        case _: false
        }
    }

    static func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return ("0"..."9").contains(scalar)
    }

    static func hexadecimalValue(_ scalar: Unicode.Scalar?) -> UInt8? {
        guard let scalar, let byte = UInt8(exactly: scalar.value) else { return nil }
        return Hex.value(anyCase: byte)
    }
}
