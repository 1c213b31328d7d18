/// One plain mail address: the `dot-atom` form of `addr-spec` (RFC 5322 section 3.4.1) with a host name behind it. No
/// display name, no comment, no quoted local part, no address literal, no list: what is judged as one recipient must be
/// one everywhere.
enum MailGrammar {
    static func accepts(_ text: [UInt8]) -> Bool {
        // RFC 5321 section 4.5.3.1: 64 octets before the sign, 254 in all.
        guard text.count <= 254 else { return false }
        let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count <= 64 else { return false }
        let atoms = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard atoms.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isAtomText) }) else { return false }
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy(isLabel)
            && labels.last?.allSatisfy(NumberGrammar.isDigit) == false
    }

    private static func isLabel(_ text: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return !text.isEmpty && text.count <= 63 && text.first != hyphen && text.last != hyphen
            && text.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isLetter(byte) || NumberGrammar.isDigit(byte)
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26
    }
}
