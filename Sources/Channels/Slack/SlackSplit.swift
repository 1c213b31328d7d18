/// Cuts text to the lengths that Slack takes, counted in UTF-16 units.
enum SlackSplit {
    /// The text in pieces, cut after a line where there is one in the second half, else after a word, else anywhere but
    /// within a scalar. Joined they are the text; pieces that are blank are left out, since Slack takes none.
    static func pieces(of text: String, longest: Int) -> [String] {
        var pieces: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let piece = rest.unicodeScalars[..<end(of: rest, longest: longest)]
            pieces.append(String(piece))
            rest = rest[piece.endIndex...]
        }
        return pieces.filter { piece in piece.contains { !$0.isWhitespace } }
    }

    /// The beginning, with `…` where it was cut.
    static func head(of text: String, longest: Int) -> String {
        guard text.utf16.count > longest else { return text }
        return String(Substring(text).unicodeScalars[..<limit(of: Substring(text), longest: longest - 1)]) + "…"
    }

    private static func end(of text: Substring, longest: Int) -> String.Index {
        let limit = limit(of: text, longest: longest)
        guard limit < text.endIndex else { return limit }
        let scalars = text.unicodeScalars
        let middle = self.limit(of: text, longest: longest / 2)
        for mark in ["\n", " "] as [Unicode.Scalar] {
            if let place = scalars[middle..<limit].lastIndex(of: mark) { return scalars.index(after: place) }
        }
        return limit
    }

    /// The last place between scalars at most so far in.
    private static func limit(of text: Substring, longest: Int) -> String.Index {
        var room = longest
        var place = text.startIndex
        let scalars = text.unicodeScalars
        while place < scalars.endIndex {
            room -= UTF16.width(scalars[place])
            guard room >= 0 else { break }
            scalars.formIndex(after: &place)
        }
        return place
    }
}
