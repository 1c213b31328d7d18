/// What somebody wrote, apart from what they quoted beneath it. An answer between quoted lines stays with them.
///
/// A mail that is handed on, and one that is nothing but a quotation, is about what it holds: somebody else's words.
struct MailQuote: Hashable {
    let words: String
    /// Nil where nothing was quoted at the end.
    let quoted: String?
    let forwarded: String?

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let end = Self.end(of: lines)
        guard end < lines.count else {
            words = Self.trimmed(lines[...])
            quoted = nil
            forwarded = nil
            return
        }
        words = Self.trimmed(lines[..<end])
        let rest = Self.trimmed(lines[end...])
        let isHandedOn = words.isEmpty || Self.isForward(lines[end])
        quoted = isHandedOn ? nil : rest
        forwarded = isHandedOn ? rest : nil
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
            || words == "________________________________" || isForward(line)
    }

    private static func isForward(_ line: Substring) -> Bool {
        let words = line.trimmedSpace.lowercased()
        return words.hasPrefix("---------- forwarded message") || words.hasPrefix("begin forwarded message:")
            || words.hasPrefix("-------- forwarded message") || words.hasPrefix("-------- weitergeleitete nachricht")
            || words.hasPrefix("anfang der weitergeleiteten nachricht:")
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
