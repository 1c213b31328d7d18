extension JSON {
    /// The one text of this value, for digests and comparison: RFC 8785 with compact form, keys in the order of their
    /// UTF-16 code units, and its string escapes.
    ///
    /// It departs from RFC 8785 in one thing: numbers keep the text that they were written with and aren't rounded to
    /// doubles. What is judged and named by a digest is then exactly what is sent; `1` and `1.0` are two values.
    public func canonicalBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        writeCanonical(into: &bytes)
        return bytes
    }

    func writeCanonical(into bytes: inout [UInt8]) {
        switch self {
        case .null, .bool, .number, .string:
            write(into: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            var isFirst = true
            for element in elements {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                element.writeCanonical(into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            var isFirst = true
            for (key, value) in object.members.sorted(by: { $0.key.comesBefore($1.key) }) {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                Self.write(key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                value.writeCanonical(into: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

extension String {
    /// The order of RFC 8785 section 3.2.3: by UTF-16 code units.
    fileprivate func comesBefore(_ other: String) -> Bool {
        if utf8Span.isKnownASCII, other.utf8Span.isKnownASCII { return self < other }
        return utf16.lexicographicallyPrecedes(other.utf16)
    }
}
