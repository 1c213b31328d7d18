/// Percent-encoding of RFC 3986 section 2.1.
public enum PercentEncoding {
    /// The text's UTF-8 with everything encoded but the unreserved letters, digits, `-`, `.`, `_` and `~`; safe in
    /// every part of a URL and in form bodies.
    public static func encode(_ text: String) -> String {
        encode(Array(text.utf8))
    }

    /// The bytes with everything encoded but the unreserved characters.
    public static func encode(_ bytes: [UInt8]) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count + bytes.count / 2)
        for byte in bytes {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(capital(byte >> 4))
                encoded.append(capital(byte & 15))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The text behind the encoding; nil for a `%` without two hexadecimal digits, and for bytes that aren't UTF-8. `+`
    /// stays `+`.
    public static func decode(_ text: String) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(Hex.value(anyCase:)),
                let low = rest.next().flatMap(Hex.value(anyCase:))
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        case _:
            false
        }
    }

    private static func capital(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") - 10 + value
    }
}
