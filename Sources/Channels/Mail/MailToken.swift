/// A piece of a structured field (RFC 5322 section 3.2), with comments left out.
enum MailToken: Hashable {
    /// Everything between two specials and spaces.
    case word(String)
    /// Without its quotes.
    case quoted(String)
    case special(Character)

    static let most = 4_000
    /// Of addresses.
    static let addressing: Set<Unicode.Scalar> = ["<", ">", ",", ";", ":", "=", "[", "]"]

    /// Nil for what can't be read: a comment or a quoted string that never ends, a bracket that was never opened, anything
    /// that isn't ASCII outside of quotes and comments, or too much of it.
    ///
    /// - Parameter limit: what stands behind so many isn't looked at.
    static func tokens(of text: String, specials: Set<Unicode.Scalar> = addressing, atMost limit: Int = most)
        -> [MailToken]?
    {
        var tokens: [MailToken] = []
        var word = ""
        var rest = Substring(text).unicodeScalars
        func end() {
            if !word.isEmpty { tokens.append(.word(word)) }
            word = ""
        }
        while tokens.count < limit, let scalar = rest.popFirst() {
            switch scalar {
            case " ", "\t": end()
            case "(":
                end()
                guard skipComment(&rest) else { return nil }
            case ")": return nil
            case "\"":
                end()
                guard let quoted = quoted(&rest) else { return nil }
                tokens.append(.quoted(quoted))
            case _ where specials.contains(scalar):
                end()
                tokens.append(.special(Character(scalar)))
            case _:
                guard scalar.isASCII, scalar.value > 0x20, scalar.value != 0x7F else { return nil }
                word.unicodeScalars.append(scalar)
            }
        }
        end()
        return tokens.count < most ? tokens : nil
    }

    private static func skipComment(_ rest: inout Substring.UnicodeScalarView) -> Bool {
        var depth = 1
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\\": _ = rest.popFirst()
            case "(": depth += 1
            case ")": depth -= 1
            case _: break
            }
            if depth == 0 { return true }
        }
        return false
    }

    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(text)
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                text.append(escaped)
            case _: text.append(scalar)
            }
        }
        return nil
    }
}
