import Turns

extension MailChannel {
    /// How surely a message is its author's.
    ///
    /// Only by aligned DMARC (RFC 7489 section 3.1), as the account's own server found it: of the fields in its exact name the
    /// topmost counts, since a server writes above whatever came with the message, and that one must say `dmarc=pass` once,
    /// for the very domain that is read here.
    static func standing(
        of author: MailAuthor, in header: MailHeader, _ settings: MailAccountSettings
    ) -> SenderStanding {
        for field in header.all("authentication-results") {
            guard let server = AuthenticationResults.server(field.text) else { continue }
            guard server == settings.server else { continue }
            guard let said = AuthenticationResults(field.text) else { break }
            let found = said.results.filter { $0.method == "dmarc" }
            guard found.count == 1, found[0].result == "pass", found[0].properties["header.from"] == author.domain
            else {
                break
            }
            return SenderStanding(proof: .aligned)
        }
        return SenderStanding(proof: .none)
    }
}

extension AuthenticationResults {
    /// Whose field it is, also when the rest can't be read.
    static func server(_ text: String) -> String? {
        guard let first = MailToken.tokens(of: text, specials: Self.specials, atMost: 1)?.first else { return nil }
        switch first {
        case .word(let name), .quoted(let name): return name.lowercased()
        case .special: return nil
        }
    }
}
