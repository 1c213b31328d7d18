/// Text as mail carries it: transfer encodings (RFC 2045), character sets and encoded words (RFC 2047).
public enum MailText {
    /// Base64 as mail writes it: line breaks and missing padding are nothing, and what was cut off ends it.
    public static func base64(_ bytes: some Sequence<UInt8>) -> [UInt8]? {
        var digits: [UInt8] = []
        for byte in bytes {
            if byte == UInt8(ascii: "=") { break }
            if " \t\r\n".utf8.contains(byte) { continue }
            digits.append(byte)
        }
        if digits.count % 4 == 1 { digits.removeLast() }
        var output: [UInt8] = []
        output.reserveCapacity(digits.count / 4 * 3)
        var (bits, buffer) = (0, 0)
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            buffer = (buffer << 6 | value) & 0xFFFF
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            output.append(UInt8(buffer >> bits & 0xFF))
        }
        return output
    }

    private static func value(of digit: UInt8) -> Int? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(digit) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(digit) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// RFC 2045 section 6.7, and with `isWord` the form of encoded words, where `_` is a space.
    public static func quotedPrintable(_ bytes: [UInt8], isWord: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isWord, byte == UInt8(ascii: "_") {
                output.append(UInt8(ascii: " "))
                continue
            }
            guard byte == UInt8(ascii: "=") else {
                output.append(byte)
                continue
            }
            if bytes[index...].starts(with: "\r\n".utf8) {
                index += 2
            } else if index < bytes.count, bytes[index] == UInt8(ascii: "\n") {
                index += 1
            } else if index + 1 < bytes.count, let high = hex(bytes[index]), let low = hex(bytes[index + 1]) {
                output.append(high << 4 | low)
                index += 2
            } else if index < bytes.count {
                // Not an escape: as it is.
                output.append(byte)
            }
        }
        return output
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        default: nil
        }
    }

    /// A part's bytes without its transfer encoding. What can't be undone stays as it is.
    public static func undone(_ bytes: [UInt8], encoding: String) -> [UInt8] {
        switch encoding.lowercased() {
        case "base64": base64(bytes) ?? bytes
        case "quoted-printable": quotedPrintable(bytes)
        default: bytes
        }
    }

    /// Bytes that aren't in the character set, or whose set isn't known, show as U+FFFD.
    public static func text(_ bytes: [UInt8], charset: String) -> String {
        switch charset.lowercased() {
        case "iso-8859-1", "latin1", "iso-8859-15", "windows-1252", "cp1252":
            String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        default: String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The same in UTF-8, where bytes that aren't in a set that we know stay as they are.
    public static func unicode(_ bytes: [UInt8], charset: String) -> [UInt8] {
        switch charset.lowercased() {
        case "iso-8859-1", "latin1", "iso-8859-15", "windows-1252", "cp1252":
            Array(text(bytes, charset: charset).utf8)
        default: bytes
        }
    }

    /// A header's text with its encoded words read.
    public static func header(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("=?") else { return text }
        var output = ""
        var wasWord = false
        for piece in text.split(separator: " ", omittingEmptySubsequences: false) {
            let word = piece.filter { !$0.isNewline && $0 != "\t" }
            if let decoded = encodedWord(word) {
                // Between two encoded words a space is nothing (RFC 2047 section 6.2).
                output += (wasWord || output.isEmpty ? "" : " ") + decoded
                wasWord = true
            } else {
                output += (output.isEmpty ? "" : " ") + word
                wasWord = false
            }
        }
        return output
    }

    private static func encodedWord(_ word: String) -> String? {
        guard word.hasPrefix("=?"), word.hasSuffix("?="), word.utf8.count > 6 else { return nil }
        let parts = word.dropFirst(2).dropLast(2).split(separator: "?", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        // A language may stand behind the character set (RFC 2231 section 5).
        let charset = String(parts[0].prefix { $0 != "*" })
        let payload = Array(parts[2].utf8)
        switch parts[1].lowercased() {
        case "b": return base64(payload).map { MailText.text($0, charset: charset) }
        case "q": return MailText.text(quotedPrintable(payload, isWord: true), charset: charset)
        default: return nil
        }
    }
}
