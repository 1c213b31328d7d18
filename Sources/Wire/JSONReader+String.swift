extension JSONReader {
    /// Reads the string that starts at the quote under the reader.
    mutating func string() throws(JSONError) -> String {
        place += 1
        let start = place
        let isASCII = skipPlain()
        guard place < bytes.count else { throw ended() }
        guard bytes[place] == UInt8(ascii: "\"") else { return try escapedString(from: start) }
        let content = UnsafeBufferPointer(rebasing: bytes[start..<place])
        // `String(decoding:)` would mend what isn't UTF-8; ASCII has nothing to mend.
        let text = isASCII ? String(decoding: content, as: UTF8.self) : try validated(content, from: start)
        place += 1
        return text
    }

    private func validated(_ content: UnsafeBufferPointer<UInt8>, from start: Int) throws(JSONError) -> String {
        do throws(UTF8.ValidationError) {
            return String(copying: try UTF8Span(validating: content.span))
        } catch {
            throw badEncoding(from: start)
        }
    }

    /// Goes on with a string that holds an escape (or a control character) under the reader.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var content: [UInt8] = []
        content.reserveCapacity(place - start + 64)
        var run = start
        while true {
            _ = skipPlain()
            guard place < bytes.count else { throw ended() }
            content.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[run..<place]))
            switch bytes[place] {
            case UInt8(ascii: "\""):
                let text = try content.withUnsafeBufferPointer { content throws(JSONError) in
                    try validated(content, from: start)
                }
                place += 1
                return text
            case UInt8(ascii: "\\"):
                try escape(into: &content)
                run = place
            case _:
                throw JSONError(
                    .control, at: place, "a control character stands raw in a string", hint: "write it as `\\u00XX`")
            }
        }
    }

    /// Moves to the next quote, backslash or control character, eight bytes at a time; whether everything on the way
    /// was ASCII. (A doubt is `false`.)
    @inline(__always)
    private mutating func skipPlain() -> Bool {
        let raw = UnsafeRawBufferPointer(bytes)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var seen: UInt64 = 0
        while place &+ 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            seen |= word
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5C)
            // A byte's high bit is set where it is zero (or, for the last term, below 0x20); a borrow can set bits
            // above the first hit only.
            let hits =
                ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) & ~word) & highs
            if hits != 0 {
                place &+= hits.trailingZeroBitCount / 8
                return seen & highs == 0
            }
            place &+= 8
        }
        while place < raw.count {
            let byte = raw[place]
            guard byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 else { break }
            seen |= UInt64(byte)
            place &+= 1
        }
        return seen & highs == 0
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        let start = place
        place += 1
        guard place < bytes.count else { throw ended() }
        let letter = bytes[place]
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try scalar(from: start)
            content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        case _:
            throw JSONError(.syntax, at: start, "no such escape in a string")
        }
    }

    /// Reads the digits of `\uXXXX`, and those of the second half when the first is one of a pair.
    private mutating func scalar(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let lone = JSONError(.surrogate, at: start, "half of a surrogate pair stands alone")
        guard first < 0xDC00, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
            bytes[place + 1] == UInt8(ascii: "u")
        else { throw lone }
        place += 2
        let second = try fourDigits()
        guard (0xDC00..<0xE000).contains(second) else { throw lone }
        let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        guard let scalar = Unicode.Scalar(value) else { throw lone }
        return scalar
    }

    private mutating func fourDigits() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard place < bytes.count else { throw ended() }
            guard let digit = Hex.value(anyCase: bytes[place]) else { throw unexpected("four hexadecimal digits") }
            value = value << 4 | UInt16(digit)
            place += 1
        }
        return value
    }

    /// The error for a string that isn't UTF-8, with the place of the first bad byte.
    @inline(never)
    private func badEncoding(from start: Int) -> JSONError {
        let content = UnsafeBufferPointer(rebasing: bytes[start..<place])
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: content.span)
            return JSONError(.encoding, at: start, "the string isn't UTF-8")
        } catch {
            return JSONError(.encoding, at: start + error.byteOffsets.lowerBound, "the string isn't UTF-8")
        }
    }
}
