/// One response of an IMAP server as it came: text, with literals between (RFC 3501 section 4.3).
struct IMAPFrame: Sendable, Hashable {
    enum Segment: Sendable, Hashable {
        /// Without its CRLF, and without the announcement of the literal behind it.
        case text([UInt8])
        case literal([UInt8])
    }

    let segments: [Segment]
}

/// What a server may make us hold.
struct IMAPLimits: Sendable {
    /// The text of one response, without literals.
    var text = 256 << 10
    /// The literals of one response together.
    var literals = 4 << 20
    /// Everything that comes on one connection.
    var whole = 32 << 20
    /// Everything that comes from one command to the next, and so all that is held for one.
    var command = 32 << 20
    /// Responses to one command.
    var responses = 20_000
}

/// Puts responses together from bytes that a stranger sends.
struct IMAPFrameReader {
    private let limits: IMAPLimits
    private var segments: [IMAPFrame.Segment] = []
    private var line: [UInt8] = []
    private var sawReturn = false
    /// Bytes of a literal that haven't come yet; nil between literals.
    private var missing: Int?
    private var literal: [UInt8] = []
    private var textBytes = 0
    private var literalBytes = 0
    private var wholeBytes = 0
    private var commandBytes = 0

    init(_ limits: IMAPLimits = IMAPLimits()) {
        self.limits = limits
    }

    /// Whether nothing of a further response has come.
    var isEmpty: Bool { segments.isEmpty && line.isEmpty && !sawReturn && missing == nil }

    /// Another command begins.
    mutating func beginCommand() { commandBytes = 0 }

    mutating func push(_ bytes: some Collection<UInt8>) throws(MailFault) -> [IMAPFrame] {
        wholeBytes += bytes.count
        commandBytes += bytes.count
        guard wholeBytes <= limits.whole, commandBytes <= limits.command else {
            throw MailFault(reason: "the mail server says too much")
        }
        var frames: [IMAPFrame] = []
        var rest = bytes[...]
        while let byte = rest.first {
            if let missing {
                let taken = rest.prefix(missing)
                literal += taken
                rest = rest.dropFirst(taken.count)
                self.missing = missing - taken.count
                if taken.count == missing { finishLiteral() }
                continue
            }
            rest = rest.dropFirst()
            if let frame = try take(byte) { frames.append(frame) }
        }
        return frames
    }

    private mutating func take(_ byte: UInt8) throws(MailFault) -> IMAPFrame? {
        if sawReturn {
            guard byte == UInt8(ascii: "\n") else { throw MailFault(reason: "a response holds a bare carriage return") }
            sawReturn = false
            return try finishLine()
        }
        switch byte {
        case UInt8(ascii: "\r"): sawReturn = true
        case UInt8(ascii: "\n"), 0: throw MailFault(reason: "a response holds a bare line feed or a NUL")
        default:
            line.append(byte)
            textBytes += 1
            guard textBytes <= limits.text else { throw MailFault(reason: "a response's text is too long") }
        }
        return nil
    }

    private mutating func finishLine() throws(MailFault) -> IMAPFrame? {
        if let announced = IMAPFrameReader.announced(by: line) {
            guard announced.count <= limits.literals - literalBytes else {
                throw MailFault(reason: "a response's literal is too large")
            }
            literalBytes += announced.count
            segments.append(.text(Array(line[..<announced.start])))
            line = []
            missing = announced.count
            if announced.count == 0 { finishLiteral() }
            return nil
        }
        defer {
            segments = []
            line = []
            textBytes = 0
            literalBytes = 0
        }
        return IMAPFrame(segments: segments + [.text(line)])
    }

    private mutating func finishLiteral() {
        segments.append(.literal(literal))
        literal = []
        missing = nil
    }

    /// `{123}` at the end of a line; nil where there is none, or its number is none that we count to.
    private static func announced(by line: [UInt8]) -> (start: Int, count: Int)? {
        guard line.last == UInt8(ascii: "}"), let start = line.lastIndex(of: UInt8(ascii: "{")) else { return nil }
        let digits = line[(start + 1)..<(line.count - 1)]
        guard (1...10).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        return (start, digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }
}
