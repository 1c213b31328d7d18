import Wire

/// Reads the head of a plain record without building its values: nearly every record, at a tenth of the cost.
///
/// Plain is a record in ASCII without escapes, with whole numbers of few digits, little nesting and few fields. For any
/// other the answer is nil, and ``Leaf/decode(_:)`` has the say; what is taken here, it takes as well.
struct PlainRecord {
    private static let maximumDepth = 8
    private static let maximumDigits = 18
    private static let maximumKeys = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0
    /// Where the keys of the objects around `place` are, so that one that comes twice is seen. Plain text has one
    /// spelling, so equal bytes are equal keys.
    private let keys: UnsafeMutableBufferPointer<Range<Int>>
    private var keyCount = 0

    static func head(of record: [UInt8]) -> ExaminedRecord.Head? {
        guard record.count <= Leaf.maximumBytes else { return nil }
        return record.withUnsafeBufferPointer { bytes in
            withUnsafeTemporaryAllocation(of: Range<Int>.self, capacity: maximumKeys) { keys in
                var reader = PlainRecord(bytes: bytes, keys: keys)
                return reader.head()
            }
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, keys: UnsafeMutableBufferPointer<Range<Int>>) {
        self.bytes = bytes
        self.keys = keys
    }

    private mutating func head() -> ExaminedRecord.Head? {
        guard take(#"{"index":"#), let index = integer(), index >= 0,
            take(#","previous":""#), let previous = digest(),
            // Heartbeats are read whole: they are few.
            take(#"","kind":"#), let kind = kind(), kind != .heartbeat,
            take(#","time":"#), let time = integer()
        else { return nil }
        var call: String?
        var isPermit = false
        while take(byte: UInt8(ascii: ",")) {
            guard let key = key(above: 0), !isReserved(key) else { return nil }
            let start = place
            guard value(depth: 1) else { return nil }
            guard bytes[start] == UInt8(ascii: "\"") else { continue }
            if equal(key, "call"), kind.isOfCall {
                call = String(decoding: bytes[start + 1..<place - 1], as: UTF8.self)
            } else if equal(key, "verdict") {
                isPermit = equal(start + 1..<place - 1, "permit")
            }
        }
        guard take(byte: UInt8(ascii: "}")), place == bytes.count else { return nil }
        return ExaminedRecord.Head(
            index: index, previous: previous, kind: kind, time: time, call: call, isPermit: isPermit)
    }

    /// A key with its colon, unless it stands among those above `base` already.
    private mutating func key(above base: Int) -> Range<Int>? {
        guard let key = string(), take(byte: UInt8(ascii: ":")), keyCount < keys.count else { return nil }
        for number in base..<keyCount where equal(keys[number], key) {
            return nil
        }
        keys.initializeElement(at: keyCount, to: key)
        keyCount += 1
        return key
    }

    private mutating func value(depth: Int) -> Bool {
        guard place < bytes.count, depth < Self.maximumDepth else { return false }
        switch bytes[place] {
        case UInt8(ascii: "\""): return string() != nil
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "t"): return take("true")
        case UInt8(ascii: "f"): return take("false")
        case UInt8(ascii: "n"): return take("null")
        case _: return integer() != nil
        }
    }

    private mutating func object(depth: Int) -> Bool {
        place += 1
        if take(byte: UInt8(ascii: "}")) { return true }
        let base = keyCount
        repeat {
            guard key(above: base) != nil, value(depth: depth + 1) else { return false }
        } while take(byte: UInt8(ascii: ","))
        keyCount = base
        return take(byte: UInt8(ascii: "}"))
    }

    private mutating func array(depth: Int) -> Bool {
        place += 1
        if take(byte: UInt8(ascii: "]")) { return true }
        repeat {
            guard value(depth: depth + 1) else { return false }
        } while take(byte: UInt8(ascii: ","))
        return take(byte: UInt8(ascii: "]"))
    }

    /// The place of a string's text between its quotes.
    private mutating func string() -> Range<Int>? {
        guard take(byte: UInt8(ascii: "\"")) else { return nil }
        let start = place
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") { return start..<place - 1 }
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") else { return nil }
        }
        return nil
    }

    private mutating func integer() -> Int64? {
        let isNegative = take(byte: UInt8(ascii: "-"))
        let start = place
        var value: Int64 = 0
        while place < bytes.count, bytes[place] &- UInt8(ascii: "0") < 10 {
            guard place - start < Self.maximumDigits else { return nil }
            value = value * 10 + Int64(bytes[place] - UInt8(ascii: "0"))
            place += 1
        }
        let digits = place - start
        // No leading zero and no negative one; what follows must end the number, or it isn't whole.
        guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0"), !(isNegative && value == 0),
            place < bytes.count, Self.endsNumber(bytes[place])
        else { return nil }
        return isNegative ? -value : value
    }

    private static func endsNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }

    private mutating func digest() -> Digest? {
        guard bytes.count - place >= 2 * Digest.byteCount else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: Digest.byteCount, alignment: 8) { digest in
            var isValid = true
            for index in 0..<Digest.byteCount {
                let high = Self.digit(bytes[place + 2 * index])
                let low = Self.digit(bytes[place + 2 * index + 1])
                isValid = isValid && high < 16 && low < 16
                digest[index] = high << 4 | low & 15
            }
            place += 2 * Digest.byteCount
            return isValid ? Digest(bytes: UnsafeRawBufferPointer(digest)) : nil
        }
    }

    private mutating func kind() -> LeafKind? {
        guard let text = string() else { return nil }
        return LeafKind(rawValue: String(decoding: bytes[text], as: UTF8.self))
    }

    /// The digit's value; 16 or more if it is none.
    private static func digit(_ byte: UInt8) -> UInt8 {
        let number = byte &- UInt8(ascii: "0")
        let letter = byte &- UInt8(ascii: "a")
        return number < 10 ? number : letter < 6 ? letter + 10 : 16
    }

    private func isReserved(_ key: Range<Int>) -> Bool {
        equal(key, "index") || equal(key, "previous") || equal(key, "kind") || equal(key, "time")
    }

    private mutating func take(byte: UInt8) -> Bool {
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let end = place + text.utf8CodeUnitCount
        guard end <= bytes.count, equal(place..<end, text) else { return false }
        place = end
        return true
    }

    private func equal(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count where bytes[range.lowerBound + offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    private func equal(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count where bytes[left.lowerBound + offset] != bytes[right.lowerBound + offset] {
            return false
        }
        return true
    }
}
