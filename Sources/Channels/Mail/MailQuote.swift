/// What somebody wrote, apart from what they quoted or handed on beneath it.
///
/// Their own words end where the first line of somebody else may stand. What follows is left out where it is an old
/// quotation alone, with a signature at the most. Anything else is for the model, as somebody else's words: a mail that is
/// handed on, one that is nothing but a quotation, and answers between quoted lines, which nothing tells apart from a
/// quotation whose lines were broken on the way.
struct MailQuote: Hashable {
    let words: String
    /// Nil where nothing was quoted at the end.
    let quoted: String?
    let forwarded: String?

    /// - Parameter subject: of the mail; `Fw:` says that it is handed on.
    init(_ text: String, subject: String = "") {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(MailLine.init)
        guard let start = Self.start(of: lines) else {
            words = Self.trimmed(lines[...])
            quoted = nil
            forwarded = nil
            return
        }
        words = Self.trimmed(lines[..<start])
        let rest = Self.trimmed(lines[start...])
        let isOld = !words.isEmpty && !Self.isHandedOn(subject) && Self.isOld(lines[start...])
        quoted = isOld ? rest : nil
        forwarded = isOld ? nil : rest
    }

    /// The first line that may be somebody else's.
    private static func start(of lines: [MailLine]) -> Int? {
        for (index, line) in lines.enumerated() {
            if line.isMark || line.isAttribution || isHeading(lines[index...]) { return index }
            guard line.isQuoted else { continue }
            // `On Friday Zoe wrote:` may go over two lines, and a blank one may follow.
            var start = index
            while start > 0, lines[start - 1].isBlank { start -= 1 }
            guard start > 0, lines[start - 1].text.hasSuffix(":") else { return index }
            start -= 1
            if start > 0, lines[start].text.count < 60, !lines[start - 1].isBlank,
                lines[start - 1].text.hasPrefix("On ")
            {
                start -= 1
            }
            return start
        }
        return nil
    }

    /// `From:` and `Sent:`, in some language, with little between them: what mail programs copy of a head.
    private static func isHeading(_ lines: ArraySlice<MailLine>) -> Bool {
        guard let first = lines.first?.heading, MailLine.authors.contains(first) else { return false }
        return lines.dropFirst().prefix(5).contains { $0.heading.map(MailLine.particulars.contains) ?? false }
    }

    /// By the words that mail programs put before it.
    private static func isHandedOn(_ subject: String) -> Bool {
        let word = subject.lowercased().drop(while: \.isWhitespace).prefix { $0 != ":" && !$0.isWhitespace }
        return ["fw", "fwd", "wg", "tr", "rv", "enc", "i", "vs", "vb", "doorst"].contains(word)
            && subject.contains(":")
    }

    /// Whether nothing is there but what was written before, and a signature.
    private static func isOld(_ lines: ArraySlice<MailLine>) -> Bool {
        guard let first = lines.first, !first.isForward else { return false }
        // Without a sign at each line, all to the end was written before.
        if first.isMark || isHeading(lines) { return true }
        guard let quote = lines.firstIndex(where: \.isQuoted) else { return false }
        let after = lines[quote...].drop { $0.isQuoted || $0.isBlank }
        guard let signature = after.first else { return true }
        return signature.isSignature && after.count <= 8 && !after.contains { $0.isQuoted || $0.isMark }
    }

    private static func trimmed(_ lines: ArraySlice<MailLine>) -> String {
        let kept = lines.drop(while: \.isBlank).reversed().drop(while: \.isBlank).reversed()
        return kept.map { String($0.whole) }.joined(separator: "\n")
    }
}
