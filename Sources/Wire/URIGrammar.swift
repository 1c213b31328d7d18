/// Absolute URIs: a scheme, and behind it the characters that RFC 3986 allows, percent signs with two digits each.
enum URIGrammar {
    static func accepts(_ text: [UInt8]) -> Bool {
        let scheme = text.prefix { $0 != UInt8(ascii: ":") }
        guard scheme.count < text.count, let first = scheme.first, MailGrammar.isLetter(first),
            scheme.allSatisfy({ MailGrammar.isLetterOrDigit($0) || "+-.".utf8.contains($0) })
        else { return false }
        let rest = text.dropFirst(scheme.count + 1)
        guard !rest.isEmpty else { return false }
        var place = rest.startIndex
        var fragments = 0
        while place < rest.endIndex {
            switch rest[place] {
            case UInt8(ascii: "%"):
                guard place + 2 < rest.endIndex, Hex.value(anyCase: rest[place + 1]) != nil,
                    Hex.value(anyCase: rest[place + 2]) != nil
                else { return false }
                place += 2
            case UInt8(ascii: "#"):
                fragments += 1
            case let byte:
                guard MailGrammar.isLetterOrDigit(byte) || "-._~:/?[]@!$&'()*+,;=".utf8.contains(byte) else {
                    return false
                }
            }
            place += 1
        }
        return fragments <= 1
    }
}
