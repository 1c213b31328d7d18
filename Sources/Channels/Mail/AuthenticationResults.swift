/// What a server says of a message that it let in (RFC 8601 section 2.2).
struct AuthenticationResults: Hashable {
    struct Result: Hashable {
        /// In lower case, as all that follows.
        let method: String
        let result: String
        /// Such as `header.from`.
        let properties: [String: String]
    }

    /// Who says so.
    let server: String
    let results: [Result]

    /// Addresses of machines stand in it as they are, whatever the grammar says.
    static let specials: Set<Unicode.Scalar> = [";", "="]

    /// Nil for what can't be read in exactly one way.
    init?(_ text: String) {
        guard let tokens = MailToken.tokens(of: text, specials: Self.specials) else { return nil }
        var pieces = tokens.split(separator: .special(";"), omittingEmptySubsequences: false)
        guard let head = pieces.first, let server = head.first?.plain else { return nil }
        // Behind it may stand the version, which is 1.
        guard head.count == 1 || head.count == 2 && head.last == .word("1") else { return nil }
        pieces.removeFirst()
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        var results: [Result] = []
        for piece in pieces {
            if piece.count == 1, piece.first?.plain?.lowercased() == "none" { continue }
            guard let result = Result(Array(piece)) else { return nil }
            results.append(result)
        }
        self.server = server.lowercased()
        self.results = results
    }
}

extension AuthenticationResults.Result {
    /// `method=result`, then any number of `type.property=value`, the reason among them.
    fileprivate init?(_ tokens: [MailToken]) {
        var pairs: [(String, String)] = []
        var rest = tokens[...]
        while let name = rest.popFirst() {
            guard case .word(let key) = name, rest.popFirst() == .special("="), let value = rest.popFirst()?.plain
            else {
                return nil
            }
            pairs.append((key.lowercased(), value))
        }
        guard let (method, result) = pairs.first else { return nil }
        var properties: [String: String] = [:]
        for (key, value) in pairs.dropFirst() {
            // Two of a name are read by others as they like.
            guard properties.updateValue(value.lowercased(), forKey: key) == nil else { return nil }
        }
        // `dmarc/1` is `dmarc`.
        self.method = String(method.prefix { $0 != "/" })
        self.result = result.lowercased()
        self.properties = properties
    }
}

extension MailToken {
    fileprivate var plain: String? {
        switch self {
        case .word(let text), .quoted(let text): text
        case .special: nil
        }
    }
}
