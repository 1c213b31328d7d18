/// Text that somebody else wrote, made harmless to look at: what can't be seen, or moves what can, is written out. The
/// templates escape HTML besides.
public enum Inert {
    /// Control, format (bidirectional marks, joiners), separator, private and unassigned characters become
    /// `⟨U+202E⟩`; line breaks and tabs stay where `keepsLines` says so.
    public static func text(_ text: String, keepsLines: Bool = false) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            if keepsLines, scalar == "\n" || scalar == "\t" {
                shown.unicodeScalars.append(scalar)
            } else if isPlain(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                shown += "⟨U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "⟩"
            }
        }
        return shown
    }

    /// JSON for an edit box: what can't be seen becomes its escape (`\u202E`), which stands for the same value. Characters
    /// that JSON has outside of texts stay as they are.
    public static func json(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" || isPlain(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: true)
                    shown += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return shown
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        case .spaceSeparator: scalar == " "
        // Fillers that draw nothing and count as letters or marks.
        case .otherLetter: ![0x115F, 0x1160, 0x3164, 0xFFA0].contains(scalar.value)
        case .nonspacingMark:
            ![0x034F, 0x17B4, 0x17B5].contains(scalar.value) && !(0xFE00...0xFE0F).contains(scalar.value)
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .spacingMark, .enclosingMark,
            .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
            .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
            .modifierSymbol, .otherSymbol:
            true
        @unknown default: false
        }
    }
}
