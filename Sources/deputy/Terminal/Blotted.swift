/// What people type at a terminal may hold a secret where none belongs. It isn't said back to them: terminals scroll, and
/// what they show is kept in logs.
enum Blotted {
    /// Addresses without a user, a password and a query.
    static func addresses(_ text: String) -> String {
        guard text.contains("://") else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false).map(address).joined(separator: " ")
    }

    private static func address(_ word: Substring) -> String {
        guard let scheme = word.firstRange(of: "://") else { return String(word) }
        var (head, rest) = (String(word[..<scheme.upperBound]), word[scheme.upperBound...])
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        if let at = host.lastIndex(of: "@") {
            head += "…@"
            rest = rest[rest.index(after: at)...]
        }
        guard let query = rest.firstIndex(of: "?") else { return head + rest }
        // What closes the sentence around it stays.
        let end = rest[query...].firstIndex { "`'\"),;".contains($0) } ?? rest.endIndex
        return head + rest[...query] + "…" + rest[end...]
    }

    /// Arguments that a command doesn't take, by their beginning.
    static func arguments(_ text: String) -> String {
        guard let told = text.firstRange(of: "nexpected argument") else { return text }
        let line = text[told.upperBound...].prefix { $0 != "\n" }
        let parts = line.split(separator: "'", omittingEmptySubsequences: false).enumerated().map { index, part in
            index % 2 == 1 && part.count > 12 ? "\(part.prefix(4))…" : String(part)
        }
        return text[..<told.upperBound] + parts.joined(separator: "'") + text[line.endIndex...]
    }
}
