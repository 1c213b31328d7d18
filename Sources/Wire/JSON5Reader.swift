/// Reads JSON5 scalar by scalar; definitions are small, and positions matter more than speed.
struct JSON5Reader {
    let scalars: [Unicode.Scalar]
    let limits: JSONLimits
    private(set) var place = 0
    private var line = 1
    private var column = 1
    private var room: Int
    private var depth = 0

    init(_ text: String, _ limits: JSONLimits) {
        scalars = Array(text.unicodeScalars)
        self.limits = limits
        room = limits.members
    }

    mutating func text() throws(JSON5Error) -> JSON5Node {
        try skipSpace()
        let node = try node()
        try skipSpace()
        guard peek() == nil else { throw fault("the value is followed by more") }
        return node
    }

    private mutating func node() throws(JSON5Error) -> JSON5Node {
        let start = position
        room -= 1
        guard room >= 0 else { throw fault("there are more than \(limits.members) values") }
        return JSON5Node(try value(), at: start)
    }

    private mutating func value() throws(JSON5Error) -> JSON5Value {
        guard let first = peek() else { throw fault("the text ends where a value is expected") }
        switch first {
        case "{":
            return .object(try members())
        case "[":
            return .array(try elements())
        case "\"", "'":
            return .string(try string())
        case "+", "-", ".", "0"..."9":
            return .number(try number())
        case _:
            return try word()
        }
    }

    private mutating func word() throws(JSON5Error) -> JSON5Value {
        let start = position
        guard let first = peek(), Self.startsName(first) || first == "\\" else { throw fault("expected a value") }
        let name = try name()
        switch name {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "Infinity", "NaN": throw Self.notFinite(name, at: start)
        case _:
            throw JSON5Error(
                "unknown word \(name.quoted)", at: start,
                hint: suggestion(for: name, among: ["null", "true", "false"]) ?? "put a string in quotes")
        }
    }

    static func notFinite(_ name: String, at position: SourcePosition) -> JSON5Error {
        JSON5Error(
            "`\(name)` can't be a number here", at: position,
            hint: "JSON has no such number; leave it out or write a limit")
    }

    private mutating func members() throws(JSON5Error) -> [JSON5Member] {
        try enter()
        var members: [JSON5Member] = []
        var seen: [ExactString: SourcePosition] = [:]
        while true {
            try skipSpace()
            if take("}") { break }
            let start = position
            let key = try key()
            if let first = seen.updateValue(start, forKey: ExactString(key)) {
                throw JSON5Error(
                    "the key \(key.quoted) stands twice in one object", at: start, hint: "it stands first at \(first)")
            }
            try skipSpace()
            guard take(":") else { throw fault("expected `:` behind the key \(key.quoted)") }
            try skipSpace()
            members.append(JSON5Member(key: key, keyPosition: start, node: try node()))
            try skipSpace()
            if take("}") { break }
            guard take(",") else { throw fault("expected `,` or `}`") }
        }
        depth -= 1
        return members
    }

    private mutating func key() throws(JSON5Error) -> String {
        guard let first = peek() else { throw fault("the text ends within an object") }
        if first == "\"" || first == "'" { return try string() }
        guard Self.startsName(first) || first == "\\" else { throw fault("expected a key or `}`") }
        return try name()
    }

    private mutating func elements() throws(JSON5Error) -> [JSON5Node] {
        try enter()
        var elements: [JSON5Node] = []
        while true {
            try skipSpace()
            if take("]") { break }
            guard peek() != nil else { throw fault("the text ends within an array") }
            elements.append(try node())
            try skipSpace()
            if take("]") { break }
            guard take(",") else { throw fault("expected `,` or `]`") }
        }
        depth -= 1
        return elements
    }

    private mutating func enter() throws(JSON5Error) {
        depth += 1
        guard depth <= limits.depth else { throw fault("the text is nested deeper than \(limits.depth)") }
        advance()
    }

    /// Skips white space and comments.
    private mutating func skipSpace() throws(JSON5Error) {
        while let scalar = peek() {
            if Self.isSpace(scalar) {
                advance()
            } else if scalar == "/", peek(1) == "/" {
                while let scalar = peek(), !Self.endsLine(scalar) { advance() }
            } else if scalar == "/", peek(1) == "*" {
                let start = position
                advance(2)
                while peek() != "*" || peek(1) != "/" {
                    guard peek() != nil else { throw JSON5Error("the comment never ends", at: start) }
                    advance()
                }
                advance(2)
            } else {
                return
            }
        }
    }

    var position: SourcePosition {
        SourcePosition(line: line, column: column)
    }

    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        place + ahead < scalars.count ? scalars[place + ahead] : nil
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        advance()
        return true
    }

    mutating func advance(_ count: Int = 1) {
        for _ in 0..<count {
            let scalar = scalars[place]
            place += 1
            // A carriage return with a line feed behind it ends its line there, not twice.
            if Self.endsLine(scalar), !(scalar == "\r" && peek() == "\n") {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
    }

    func fault(_ message: String, hint: String? = nil) -> JSON5Error {
        JSON5Error(message, at: position, hint: hint)
    }

    static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\u{0B}", "\u{0C}", " ", "\u{A0}", "\u{FEFF}": true
        case _: endsLine(scalar) || scalar.properties.generalCategory == .spaceSeparator
        }
    }
}
