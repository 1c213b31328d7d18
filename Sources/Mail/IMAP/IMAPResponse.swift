/// One response, read.
enum IMAPResponse: Sendable, Hashable {
    case continuation(String)
    case tagged(tag: String, IMAPStatus)
    case untagged(IMAPUntagged)

    init(_ frame: IMAPFrame) throws(MailFault) {
        var cursor = IMAPCursor(frame)
        let tag = cursor.word()
        switch tag {
        case "": throw MailFault(reason: "a response is empty")
        case "+": self = .continuation(cursor.rest())
        case "*": self = .untagged(try IMAPUntagged(&cursor))
        default:
            guard let status = IMAPStatus(cursor.word(), &cursor) else {
                throw MailFault(reason: "a response has no status")
            }
            self = .tagged(tag: tag, status)
        }
    }
}

/// `OK`, `NO` and `BAD`, and what comes with them (RFC 3501 section 7.1).
struct IMAPStatus: Sendable, Hashable {
    enum Word: String, Sendable {
        case ok = "OK"
        case no = "NO"
        case bad = "BAD"
        case bye = "BYE"
        case preauth = "PREAUTH"
    }

    let word: Word
    /// In upper case, such as `AUTHENTICATIONFAILED`; nil where there is none.
    let code: String?
    /// Behind the code.
    let arguments: String
    /// Printable ASCII alone.
    let text: String

    /// Nil when `word` is no status.
    init?(_ word: String, _ cursor: inout IMAPCursor) {
        guard let word = Word(rawValue: word.uppercased()) else { return nil }
        self.word = word
        let rest = cursor.rest()
        guard rest.hasPrefix("["), let end = rest.firstIndex(of: "]") else {
            code = nil
            arguments = ""
            text = rest
            return
        }
        let inside = rest[..<end].dropFirst().split(separator: " ", maxSplits: 1).map(String.init)
        code = inside.first?.uppercased()
        arguments = inside.count == 2 ? inside[1] : ""
        text = String(rest[rest.index(after: end)...].drop { $0 == " " })
    }

    static let awake = IMAPStatus()

    private init() {
        word = .ok
        code = nil
        arguments = ""
        text = ""
    }

    /// For an error message: short, on one line.
    var shown: String { String("\(word.rawValue) \(code.map { "[\($0)] " } ?? "")\(text)".prefix(200)) }
}

/// What a server says beside the verdict, as far as it is listened to.
enum IMAPUntagged: Sendable, Hashable {
    case status(IMAPStatus)
    case capabilities(Set<String>)
    case list(flags: [String], name: [UInt8])
    case search([UInt32])
    case exists(UInt32)
    /// The names in upper case.
    case fetch([String: IMAPValue])
    case other

    init(_ cursor: inout IMAPCursor) throws(MailFault) {
        let word = cursor.word()
        if let number = IMAPValue.number(word) {
            self = try IMAPUntagged.numbered(number, &cursor)
            return
        }
        switch word.uppercased() {
        case "CAPABILITY":
            self = .capabilities(Set(cursor.rest().split(separator: " ").map { $0.uppercased() }))
        case "LIST": self = try IMAPUntagged.list(&cursor)
        case "SEARCH":
            let words = cursor.rest().split(separator: " ")
            let numbers = words.compactMap { IMAPValue.number($0) }
            guard words.count == numbers.count else { throw MailFault(reason: "a search found what is no message") }
            self = .search(numbers)
        default:
            if let status = IMAPStatus(word, &cursor) {
                self = .status(status)
            } else {
                self = .other
            }
        }
    }

    private static func numbered(_ number: UInt32, _ cursor: inout IMAPCursor) throws(MailFault) -> IMAPUntagged {
        switch cursor.word().uppercased() {
        case "EXISTS": return .exists(number)
        case "FETCH":
            guard let items = try cursor.value().items, items.count.isMultiple(of: 2) else {
                throw MailFault(reason: "a message's data can't be read")
            }
            var data: [String: IMAPValue] = [:]
            for index in stride(from: 0, to: items.count, by: 2) {
                guard case .atom(let name) = items[index] else {
                    throw MailFault(reason: "a message's data can't be read")
                }
                data[name.uppercased()] = items[index + 1]
            }
            return .fetch(data)
        default: return .other
        }
    }

    private static func list(_ cursor: inout IMAPCursor) throws(MailFault) -> IMAPUntagged {
        let flags = try cursor.value().items?.compactMap(\.text) ?? []
        cursor.skipSpaces()
        _ = try cursor.value()
        cursor.skipSpaces()
        guard let name = try cursor.value().bytes else { throw MailFault(reason: "a folder has no name") }
        return .list(flags: flags, name: name)
    }
}
