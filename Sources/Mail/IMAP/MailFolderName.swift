import Wire

/// The name of a mailbox: text for people, modified UTF-7 for IMAP (RFC 3501 section 5.1.3).
public struct MailFolderName: Sendable, Hashable {
    public let text: String

    /// Nil for a name that no mailbox has, or that would match several: empty, too long, with a control character or a
    /// wildcard.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 500, !text.contains("*"), !text.contains("%"),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { return nil }
        self.text = text
    }

    /// As a server names it. Nil for bytes that are no such name.
    init?(encoded bytes: [UInt8]) {
        guard let text = MailFolderName.decoded(bytes) else { return nil }
        self.init(text)
    }

    /// Printable ASCII alone.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        var shifted: [UInt8] = []
        func flush() {
            guard !shifted.isEmpty else { return }
            let base64 = Base64.encode(shifted).utf8.filter { $0 != UInt8(ascii: "=") }
            bytes += [UInt8(ascii: "&")] + base64.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: ",") : $0 }
            bytes.append(UInt8(ascii: "-"))
            shifted = []
        }
        for unit in text.utf16 {
            guard (0x20..<0x7F).contains(unit) else {
                shifted += [UInt8(unit >> 8), UInt8(unit & 0xFF)]
                continue
            }
            flush()
            bytes.append(UInt8(unit))
            if unit == UInt16(UInt8(ascii: "&")) { bytes.append(UInt8(ascii: "-")) }
        }
        flush()
        return bytes
    }

    private static func decoded(_ bytes: [UInt8]) -> String? {
        var units: [UInt16] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "&") else {
                // Some servers say names in UTF-8: those are shown as they are.
                guard (0x20..<0x7F).contains(byte) else { return String(validating: bytes, as: UTF8.self) }
                units.append(UInt16(byte))
                continue
            }
            guard let end = rest.firstIndex(of: UInt8(ascii: "-")) else { return nil }
            let run = rest[..<end]
            rest = rest[(end + 1)...]
            guard !run.isEmpty else {
                units.append(UInt16(UInt8(ascii: "&")))
                continue
            }
            guard let decoded = MailText.base64(run.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: "/") : $0 }),
                decoded.count.isMultiple(of: 2)
            else { return nil }
            for index in stride(from: 0, to: decoded.count, by: 2) {
                units.append(UInt16(decoded[index]) << 8 | UInt16(decoded[index + 1]))
            }
        }
        return String(validating: units, as: UTF16.self)
    }
}
