/// Why bytes are not JSON, and where.
struct JSONError: Error {
    let offset: Int
}

/// Reads one JSON text (RFC 8259) from bytes that the caller keeps alive.
struct JSONReader {
    private static let deepest = 64

    let bytes: UnsafeRawBufferPointer
    var at = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSON {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.at == bytes.count else { throw JSONError(offset: reader.at) }
        return value
    }

    static func read(_ text: String) throws(JSONError) -> JSON {
        let bytes = Array(text.utf8)
        let outcome = bytes.withUnsafeBytes { raw in
            Result { () throws(JSONError) in try read(raw) }
        }
        return try outcome.get()
    }

    var next: UInt8? {
        at < bytes.count ? bytes[at] : nil
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            at += 1
        }
    }

    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard next == byte else { throw JSONError(offset: at) }
        at += 1
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let end = at + text.utf8CodeUnitCount
        guard end <= bytes.count else { throw JSONError(offset: at) }
        for index in 0..<text.utf8CodeUnitCount where bytes[at + index] != text.utf8Start[index] {
            throw JSONError(offset: at + index)
        }
        at = end
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth < Self.deepest else { throw JSONError(offset: at) }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        at += 1
        var members: [JSON.Member] = []
        skipSpace()
        if next == UInt8(ascii: "}") {
            at += 1
            return .object(members)
        }
        while true {
            skipSpace()
            let name = try string()
            skipSpace()
            try expect(UInt8(ascii: ":"))
            members.append(JSON.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
            if next == UInt8(ascii: ",") {
                at += 1
                continue
            }
            try expect(UInt8(ascii: "}"))
            return .object(members)
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        at += 1
        var values: [JSON] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            at += 1
            return .array(values)
        }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            if next == UInt8(ascii: ",") {
                at += 1
                continue
            }
            try expect(UInt8(ascii: "]"))
            return .array(values)
        }
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        let whole = at
        try digits()
        if bytes[whole] == UInt8(ascii: "0"), at - whole > 1 { throw JSONError(offset: whole) }
        if next == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        return .number(String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = at
        while let byte = next, byte >= 0x30, byte <= 0x39 {
            at += 1
        }
        guard at > start else { throw JSONError(offset: at) }
    }
}
