/// What somebody wrote, as a person reads it: Slack sends `&`, `<` and `>` escaped, and puts whatever is more than text
/// in angle brackets (https://docs.slack.dev/messaging/formatting-message-text).
struct SlackText {
    let plain: String
    /// Whether it names the user that was taken out.
    let mentions: Bool

    /// The text without mentions of a user.
    init(_ text: String, without user: String) {
        var plain = ""
        var mentions = false
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            plain += Self.unescaped(rest[..<open])
            rest = rest[open...]
            guard let close = rest.firstIndex(of: ">") else { break }
            let inside = rest[rest.index(after: open)..<close]
            if inside == "@\(user)" || inside.hasPrefix("@\(user)|") {
                mentions = true
            } else {
                plain += Self.unescaped(Substring(Self.shown(inside)))
            }
            rest = rest[rest.index(after: close)...]
        }
        plain += Self.unescaped(rest)
        self.plain = Self.trimmed(plain)
        self.mentions = mentions
    }

    /// A link with its address, a person by the id that they can't choose, a channel by its name.
    private static func shown(_ inside: Substring) -> String {
        let halves = inside.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let target = halves.first ?? ""
        let label = halves.count > 1 ? halves[1] : ""
        switch target.first {
        case "@": return String(target)
        case "#": return label.isEmpty ? String(target) : "#\(label)"
        case "!":
            if label.isEmpty { return "@\(target.dropFirst())" }
            return String(label)
        case _: return label.isEmpty || label == target ? String(target) : "\(label) (\(target))"
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        return String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }

    private static func trimmed(_ text: String) -> String {
        let blank: (Character) -> Bool = { $0.isWhitespace || $0.isNewline }
        var rest = text.drop(while: blank)
        while let last = rest.last, blank(last) { rest.removeLast() }
        return String(rest)
    }
}
