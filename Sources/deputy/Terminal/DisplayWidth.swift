/// How many cells of a terminal a text takes. Source: Unicode's EastAsianWidth.txt (W and F) and emoji presentation.
enum DisplayWidth {
    static func of(_ text: String) -> Int { text.reduce(0) { $0 + cells(of: $1) } }

    /// The text, or its beginning with `…`, in no more than `width` cells.
    static func shortened(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        var (shown, left) = ("", width - 1)
        for character in text {
            left -= cells(of: character)
            guard left >= 0 else { break }
            shown.append(character)
        }
        return width > 0 ? shown + "…" : ""
    }

    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - of(text)))
    }

    private static func cells(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.isASCII { return 1 }
        switch first.properties.generalCategory {
        // A mark that stands alone is drawn over what comes before.
        case .nonspacingMark, .enclosingMark: return 0
        default: return isWide(first) || first.properties.isEmojiPresentation ? 2 : 1
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool { wide.contains { $0.contains(scalar.value) } }

    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
        0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
    ]
}
