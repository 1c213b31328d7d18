import Foundation

/// `=XX` escapes (RFC 2045 §6.7), soft line breaks already removed.
enum QuotedPrintable {
    static func decode(_ text: String) -> Data {
        var out = Data()
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            let code = bytes.prefix(2)
            if byte == UInt8(ascii: "="), code.count == 2,
                let value = UInt8(String(decoding: code, as: UTF8.self), radix: 16)
            {
                out.append(value)
                bytes = bytes.dropFirst(2)
            } else {
                out.append(byte)
            }
        }
        return out
    }
}

/// `=?utf-8?B?…?=` in header values (RFC 2047).
enum EncodedWord {
    static func decode(_ value: String) -> String {
        guard value.contains("=?") else { return value }
        let joined = value.replacing("?= =?", with: "?==?")
        return joined.replacing(/=\?[^?]+\?([BbQq])\?([^?]*)\?=/) { match in
            let text = String(match.output.2)
            let data =
                match.output.1.lowercased() == "b"
                ? Data(base64Encoded: text) ?? Data()
                : QuotedPrintable.decode(text.replacing("_", with: " "))
            return String(decoding: data, as: UTF8.self)
        }
    }
}
