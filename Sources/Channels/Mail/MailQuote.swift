/// What somebody wrote, apart from what they quoted beneath it. An answer between quoted lines stays with them.
struct MailQuote: Hashable {
    let words: String
    /// Nil where nothing was quoted at the end.
    let quoted: String?

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let end = Self.end(of: lines)
        guard end < lines.count else {
            words = Self.trimmed(lines[...])
            quoted = nil
            return
        }
        let own = Self.trimmed(lines[..<end])
        // Nothing but a quotation is what they wrote.
        words = own.isEmpty ? Self.trimmed(lines[...]) : own
        quoted = own.isEmpty ? nil : Self.trimmed(lines[end...])
    }

    /// The line with which the quotation at the end begins.
    private static func end(of lines: [Substring]) -> Int {
        if let mark = lines.firstIndex(where: isOriginal) { return mark }
        var end = lines.count
        var sawQuote = false
        while end > 0 {
            let line = lines[end - 1]
            guard line.hasPrefix(">") || isBlank(line) else { break }
            sawQuote = sawQuote || line.hasPrefix(">")
            end -= 1
        }
        guard sawQuote else { return lines.count }
        // `On Friday Zoe wrote:` may go over two lines.
        if end > 0, lines[end - 1].trimmedSpace.hasSuffix(":") {
            end -= 1
            if end > 0, lines[end].count < 60, !isBlank(lines[end - 1]), lines[end - 1].hasPrefix("On ") { end -= 1 }
        }
        return end
    }

    /// What mail programs write above a message that they quote as it is.
    private static func isOriginal(_ line: Substring) -> Bool {
        let words = line.trimmedSpace.lowercased()
        return words.hasPrefix("-----original message-----") || words.hasPrefix("-----ursprüngliche nachricht-----")
            || words.hasPrefix("---------- forwarded message") || words == "________________________________"
    }

    private static func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }

    private static func trimmed(_ lines: ArraySlice<Substring>) -> String {
        let kept = lines.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return kept.joined(separator: "\n")
    }
}

extension Substring {
    fileprivate var trimmedSpace: Substring {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
