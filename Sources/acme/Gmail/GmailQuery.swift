import Foundation

/// The part of Gmail's search language that our agents use: words, phrases, `-`, and the operators below.
struct GmailQuery {
    private struct Term {
        let field: String
        let value: String
        let isNegated: Bool
    }

    private let terms: [Term]

    init(_ text: String) {
        let pattern = /(-?)(?:([a-z0-9]+):)?(?:"([^"]*)"|(\S+))/.ignoresCase()
        terms = text.matches(of: pattern).map { match in
            Term(
                field: match.output.2.map { $0.lowercased() } ?? "",
                value: String(match.output.3 ?? match.output.4 ?? "").lowercased(), isNegated: !match.output.1.isEmpty)
        }
    }

    func matches(_ mail: Mail) -> Bool {
        terms.allSatisfy { Self.holds($0, mail) != $0.isNegated }
    }

    private static func holds(_ term: Term, _ mail: Mail) -> Bool {
        switch term.field {
        case "from", "to", "cc", "subject":
            return mail.header(term.field).lowercased().contains(term.value)
        case "is":
            let label = term.value == "read" ? "UNREAD" : term.value.uppercased()
            return mail.labels.contains(label) != (term.value == "read")
        case "in", "label":
            return term.value == "anywhere" || mail.labels.contains(term.value.uppercased())
        case "rfc822msgid":
            return mail.header("Message-ID").trimmingCharacters(in: brackets).lowercased()
                == term.value.trimmingCharacters(in: brackets)
        case "after", "newer":
            return date(term.value).map { mail.received >= $0 } ?? false
        case "before", "older":
            return date(term.value).map { mail.received < $0 } ?? false
        default:
            let word = term.field.isEmpty ? term.value : "\(term.field):\(term.value)"
            let everything = [mail.header("From"), mail.header("To"), mail.header("Subject"), mail.part.plainText]
            return everything.contains { $0.lowercased().contains(word) }
        }
    }

    private static let brackets = CharacterSet(charactersIn: "<>")

    /// `2026/11/20` or Unix seconds.
    private static func date(_ text: String) -> Date? {
        if let seconds = Double(text) { return Date(timeIntervalSince1970: seconds) }
        let numbers = text.split { $0 == "/" || $0 == "-" }.compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(from: DateComponents(year: numbers[0], month: numbers[1], day: numbers[2]))
    }
}
