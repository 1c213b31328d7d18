import Wire

/// Whose mail it is, as it says itself: exactly one `From` with exactly one address. Whatever could be read in two ways is
/// nobody, since the server that checked it may have read the other one.
struct MailAuthor: Hashable {
    let address: MailAddress
    /// In lower case.
    let domain: String

    init?(_ header: MailHeader) {
        let fields = header.all("from")
        guard fields.count == 1, let address = Self.address(fields[0].bytes) else { return nil }
        // Nobody tells two people apart by the case of their addresses.
        let text = address.text.lowercased()
        guard let plain = MailAddress(text), let domain = text.split(separator: "@").last else { return nil }
        self.address = plain
        self.domain = String(domain)
    }

    /// `alice@acme.test`, or with a name before it and angle brackets around it (RFC 5322 section 3.4).
    private static func address(_ bytes: [UInt8]) -> MailAddress? {
        // Names beyond ASCII stand in encoded words, and, with RFC 6532, as they are: in the name alone.
        guard let open = bytes.lastIndex(of: UInt8(ascii: "<")) else {
            return read(String(decoding: bytes, as: UTF8.self))
        }
        let name = bytes[..<open].map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }
        return read(String(decoding: name + bytes[open...], as: UTF8.self))
    }

    private static func read(_ text: String) -> MailAddress? {
        guard let tokens = MailToken.tokens(of: text) else { return nil }
        guard let open = tokens.firstIndex(of: .special("<")) else {
            guard tokens.count == 1, case .word(let word) = tokens[0] else { return nil }
            return MailAddress(word)
        }
        guard tokens.count == open + 3, case .word(let word) = tokens[open + 1], tokens[open + 2] == .special(">"),
            tokens[..<open].allSatisfy(isName)
        else { return nil }
        return MailAddress(word)
    }

    private static func isName(_ token: MailToken) -> Bool {
        switch token {
        case .quoted: true
        // An encoded word has `=` in it. An address in the name of another is what somebody wants to be taken for.
        case .word(let word): !word.contains("@")
        case .special(let special): special == "="
        }
    }
}
