/// A JSON number, kept as the text that it was written with: nothing is rounded on the way from caller to provider.
///
/// Two numbers are equal when their texts are; `1`, `1.0` and `1e0` are three. Compare values with `isLess(than:)` and
/// `hasSameValue(as:)`.
public struct JSONNumber: Sendable, Hashable {
    /// The text, in the grammar of RFC 8259 section 6.
    public let text: String

    /// Takes a text in the grammar of RFC 8259 section 6; nil for any other, such as `01`, `+1`, `.5` or `NaN`.
    public init?(_ text: String) {
        var bytes = text.utf8.makeIterator()
        guard NumberGrammar.accepts(&bytes) else { return nil }
        self.text = text
    }

    /// A whole number in decimal.
    public init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// For readers that have checked the grammar already.
    init(checked text: String) {
        self.text = text
    }

    /// The value, when it is exactly a whole number within `Int64`, however it is written: `100`, `100.0` and `1e2` are
    /// the same amount. Nil for every other number.
    public var integer: Int64? {
        if let value = Int64(text) { return value }
        return Decimal(self).integer
    }

    /// Whether both numbers have the same value, exactly.
    public func hasSameValue(as other: JSONNumber) -> Bool {
        text == other.text || Decimal(self) == Decimal(other)
    }

    /// Whether this value is below the other, exactly.
    public func isLess(than other: JSONNumber) -> Bool {
        Decimal(self) < Decimal(other)
    }
}

/// The grammar of RFC 8259 section 6, over any bytes.
enum NumberGrammar {
    static func accepts(_ bytes: inout some IteratorProtocol<UInt8>) -> Bool {
        var next = bytes.next()
        if next == UInt8(ascii: "-") { next = bytes.next() }
        guard let first = next, isDigit(first) else { return false }
        next = bytes.next()
        if first != UInt8(ascii: "0") {
            while let byte = next, isDigit(byte) { next = bytes.next() }
        }
        if next == UInt8(ascii: ".") {
            next = bytes.next()
            guard digits(&next, &bytes) else { return false }
        }
        if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
            next = bytes.next()
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { next = bytes.next() }
            guard digits(&next, &bytes) else { return false }
        }
        return next == nil
    }

    /// Skips one or more digits.
    private static func digits(_ next: inout UInt8?, _ bytes: inout some IteratorProtocol<UInt8>) -> Bool {
        guard let first = next, isDigit(first) else { return false }
        while let byte = next, isDigit(byte) { next = bytes.next() }
        return true
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }
}
