/// The formats that a schema may ask of a string.
enum SchemaFormat: String, CaseIterable, Sendable {
    case dateTime = "date-time"
    case date
    case email
    case uri

    func accepts(_ text: String) -> Bool {
        // All of them are ASCII; what isn't can't be one.
        guard text.utf8.count <= 8_192, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            // RFC 3339 lets a space stand for the `T`; we don't, as most readers don't.
            return false
        }
        let bytes = Array(text.utf8)
        return switch self {
        case .dateTime: DateGrammar.acceptsDateTime(bytes)
        case .date: DateGrammar.acceptsDate(bytes[...])
        case .email: MailGrammar.accepts(bytes)
        case .uri: URIGrammar.accepts(bytes)
        }
    }

    /// What the text must be, in a sentence.
    var description: String {
        switch self {
        case .dateTime: "a date and time with its offset, like `2026-07-28T09:30:00Z`"
        case .date: "a date, like `2026-07-28`"
        case .email: "one plain mail address, like `alice@example.com`"
        case .uri: "an absolute URI, like `https://example.com/a`"
        }
    }
}
