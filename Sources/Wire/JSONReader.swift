/// Reads one JSON text from contiguous bytes: a recursive descent that looks at every byte once.
///
/// The bytes must outlive the reader; it lives within one call of `JSON.parse`.
struct JSONReader {
    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var place = 0
    private var room: Int
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        room = limits.members
    }

    mutating func text() throws(JSONError) -> JSON {
        guard bytes.count <= limits.bytes else {
            throw JSONError(.tooLarge, at: limits.bytes, "the text is longer than \(limits.bytes) bytes")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw JSONError(.encoding, at: 0, "the text starts with a byte order mark", hint: "send plain UTF-8")
        }
        skipSpace()
        let value = try value()
        skipSpace()
        guard place == bytes.count else { throw JSONError(.trailing, at: place, "the value is followed by more") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSON {
        guard place < bytes.count else { throw ended() }
        room -= 1
        guard room >= 0 else { throw JSONError(.tooMany, at: place, "there are more than \(limits.members) values") }
        switch bytes[place] {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "{"):
            return try object()
        case UInt8(ascii: "["):
            return try array()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number())
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case _:
            throw unexpected("a value")
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return .object(object)
        }
        while true {
            let start = place
            guard place < bytes.count else { throw ended() }
            guard bytes[place] == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected("`:`") }
            skipSpace()
            let value = try value()
            guard object.insertNew(key, value) else {
                throw JSONError(.duplicateKey, at: start, "the key \(key.quoted) stands twice in one object")
            }
            skipSpace()
            if take(UInt8(ascii: ",")) {
                skipSpace()
                continue
            }
            guard take(UInt8(ascii: "}")) else { throw unexpected("`,` or `}`") }
            depth -= 1
            return .object(object)
        }
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return .array(elements)
        }
        while true {
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: ",")) {
                skipSpace()
                continue
            }
            guard take(UInt8(ascii: "]")) else { throw unexpected("`,` or `]`") }
            depth -= 1
            return .array(elements)
        }
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= limits.depth else {
            throw JSONError(.tooDeep, at: place, "the text is nested deeper than \(limits.depth)")
        }
        place += 1
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = place
        if bytes[place] == UInt8(ascii: "-") { place += 1 }
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return JSONNumber(checked: String(decoding: bytes[start..<place], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        guard place < bytes.count, NumberGrammar.isDigit(bytes[place]) else { throw unexpected("a digit") }
        while place < bytes.count, NumberGrammar.isDigit(bytes[place]) { place += 1 }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard place < bytes.count else { throw ended() }
            guard bytes[place] == word.utf8Start[offset] else { throw unexpected("`\(word)`") }
            place += 1
        }
    }

    @inline(__always)
    private mutating func skipSpace() {
        while place < bytes.count {
            let byte = bytes[place]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            place += 1
        }
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    @inline(never)
    func unexpected(_ wanted: String) -> JSONError {
        guard place < bytes.count else { return ended() }
        return JSONError(.syntax, at: place, "expected \(wanted)")
    }

    @inline(never)
    func ended() -> JSONError {
        JSONError(.incomplete, at: bytes.count, "the text ends too early")
    }
}
