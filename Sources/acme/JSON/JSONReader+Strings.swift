extension JSONReader {
    mutating func string() throws(JSONError) -> String {
        try expect(UInt8(ascii: "\""))
        let start = at
        while let byte = next {
            if byte == UInt8(ascii: "\"") {
                at += 1
                return String(decoding: bytes[start..<at - 1], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { break }
            at += 1
        }
        throw JSONError(offset: at)
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var units = Array(bytes[start..<at])
        while let byte = next {
            at += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: units, as: UTF8.self) }
            guard byte >= 0x20 else { break }
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                continue
            }
            units.append(contentsOf: try escape().utf8)
        }
        throw JSONError(offset: at)
    }

    private mutating func escape() throws(JSONError) -> String {
        guard let letter = next else { throw JSONError(offset: at) }
        at += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicode()
        default: throw JSONError(offset: at - 1)
        }
    }

    private mutating func unicode() throws(JSONError) -> String {
        let high = try fourHex()
        if let scalar = Unicode.Scalar(high) { return String(Character(scalar)) }
        guard high < 0xDC00, next == UInt8(ascii: "\\") else { throw JSONError(offset: at) }
        at += 1
        try expect(UInt8(ascii: "u"))
        let low = try fourHex()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw JSONError(offset: at) }
        return String(Character(scalar))
    }

    private mutating func fourHex() throws(JSONError) -> UInt32 {
        guard at + 4 <= bytes.count,
            let value = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
        else { throw JSONError(offset: at) }
        at += 4
        return value
    }
}
