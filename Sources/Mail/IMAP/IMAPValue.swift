/// A piece of data in a response (RFC 3501 section 4).
enum IMAPValue: Sendable, Hashable {
    /// An atom, a number, a flag, or the name of a body section with its brackets.
    case atom(String)
    /// Quoted or literal.
    case string([UInt8])
    case list([IMAPValue])
    case none

    var number: UInt32? {
        if case .atom(let text) = self { return IMAPValue.number(text) }
        return nil
    }

    var items: [IMAPValue]? {
        if case .list(let items) = self { return items }
        return nil
    }

    /// An `astring` or `nstring`, whose bytes are what they are.
    var bytes: [UInt8]? {
        switch self {
        case .atom(let text): Array(text.utf8)
        case .string(let bytes): bytes
        case .list, .none: nil
        }
    }

    var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    static func number(_ text: some StringProtocol) -> UInt32? {
        guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        return UInt32(text)
    }
}

/// Reads values out of a frame, left to right.
struct IMAPCursor {
    static let deepest = 32
    static let most = 20_000

    private let segments: [IMAPFrame.Segment]
    private var segment = 0
    private var position = 0
    private var values = 0

    init(_ frame: IMAPFrame) {
        segments = frame.segments
    }

    /// The next byte of text; nil at a literal and at the end.
    private var peeked: UInt8? {
        guard segment < segments.count, case .text(let bytes) = segments[segment], position < bytes.count else {
            return nil
        }
        return bytes[position]
    }

    private mutating func advance() { position += 1 }

    private mutating func takeLiteral() -> [UInt8]? {
        var next = segment
        if case .text(let bytes) = segments[segment] {
            guard position == bytes.count else { return nil }
            next += 1
        }
        guard next < segments.count, case .literal(let literal) = segments[next] else { return nil }
        segment = next + 1
        position = 0
        return literal
    }

    mutating func skipSpaces() {
        while peeked == UInt8(ascii: " ") { advance() }
    }

    /// Up to the next space or the end of the text; empty where there is nothing.
    mutating func word() -> String {
        var bytes: [UInt8] = []
        while let byte = peeked, byte != UInt8(ascii: " ") {
            bytes.append(byte)
            advance()
        }
        skipSpaces()
        return String(decoding: bytes.map(SMTPReplyReader.inert), as: UTF8.self)
    }

    /// The rest of the text, for people: printable ASCII alone.
    mutating func rest() -> String {
        var bytes: [UInt8] = []
        while let byte = peeked {
            bytes.append(byte)
            advance()
        }
        return String(decoding: bytes.map(SMTPReplyReader.inert), as: UTF8.self)
    }

    mutating func value(depth: Int = 0) throws(MailFault) -> IMAPValue {
        values += 1
        guard values <= IMAPCursor.most, depth <= IMAPCursor.deepest else {
            throw MailFault(reason: "a response is nested too deeply or holds too many values")
        }
        guard segment < segments.count else { throw MailFault(reason: "a response ends too early") }
        if let literal = takeLiteral() { return .string(literal) }
        switch peeked {
        case nil: throw MailFault(reason: "a response ends too early")
        case UInt8(ascii: "("):
            advance()
            return .list(try items(depth: depth))
        case UInt8(ascii: "\""):
            advance()
            return .string(try quoted())
        default: return try atom()
        }
    }

    private mutating func items(depth: Int) throws(MailFault) -> [IMAPValue] {
        var items: [IMAPValue] = []
        while true {
            skipSpaces()
            if peeked == UInt8(ascii: ")") {
                advance()
                return items
            }
            items.append(try value(depth: depth + 1))
        }
    }

    private mutating func quoted() throws(MailFault) -> [UInt8] {
        var bytes: [UInt8] = []
        while let byte = peeked {
            advance()
            switch byte {
            case UInt8(ascii: "\""): return bytes
            case UInt8(ascii: "\\"):
                guard let escaped = peeked else { throw MailFault(reason: "a quoted string never ends") }
                advance()
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        throw MailFault(reason: "a quoted string never ends")
    }

    /// What stands in brackets belongs to the atom, with its spaces: `BODY[HEADER.FIELDS (DATE)]<0>`.
    private mutating func atom() throws(MailFault) -> IMAPValue {
        var bytes: [UInt8] = []
        var isInBrackets = false
        loop: while let byte = peeked {
            switch byte {
            case UInt8(ascii: "["): isInBrackets = true
            case UInt8(ascii: "]"): isInBrackets = false
            case UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\""):
                if !isInBrackets { break loop }
            default: break
            }
            bytes.append(byte)
            advance()
        }
        guard !bytes.isEmpty, !isInBrackets else { throw MailFault(reason: "a response can't be read") }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.uppercased() == "NIL" ? .none : .atom(text)
    }
}
