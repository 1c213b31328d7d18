/// One reply of a mail server (RFC 5321 section 4.2).
struct SMTPReply: Sendable, Hashable {
    let code: Int
    /// Printable ASCII alone: everything else became `?`.
    let lines: [String]

    enum Class: Sendable {
        case completed, intermediate, transient, permanent
    }

    /// 1yz isn't used in SMTP, so a reply has one of four classes.
    var kind: Class {
        switch code / 100 {
        case 2: .completed
        case 3: .intermediate
        case 4: .transient
        default: .permanent
        }
    }

    /// For an error message: short, on one line.
    var text: String { String("\(code) \(lines.joined(separator: " "))".prefix(200)) }
}

/// Puts replies together from bytes that a stranger sends.
struct SMTPReplyReader {
    /// RFC 5321 section 4.5.3.1.5 has 512; some servers say more.
    static let lineLimit = 2048
    static let linesLimit = 128

    private var line: [UInt8] = []
    private var sawCarriageReturn = false
    private var lines: [String] = []
    private var code: Int?

    /// Whether nothing of a further reply has come.
    var isEmpty: Bool { line.isEmpty && !sawCarriageReturn && lines.isEmpty }

    /// At most one reply. We send one command at a time, so bytes behind its reply answer nothing that we said.
    mutating func push(_ bytes: some Sequence<UInt8>) throws(MailFault) -> SMTPReply? {
        var reply: SMTPReply?
        for byte in bytes {
            guard reply == nil else { throw MailFault(reason: "the mail server spoke out of turn") }
            if sawCarriageReturn {
                guard byte == UInt8(ascii: "\n") else {
                    throw MailFault(reason: "a reply holds a bare carriage return")
                }
                sawCarriageReturn = false
                reply = try finishLine()
            } else if byte == UInt8(ascii: "\r") {
                sawCarriageReturn = true
            } else {
                guard byte != UInt8(ascii: "\n"), byte != 0 else {
                    throw MailFault(reason: "a reply holds a bare line feed or a NUL")
                }
                line.append(byte)
                guard line.count <= SMTPReplyReader.lineLimit else {
                    throw MailFault(reason: "a reply's line is too long")
                }
            }
        }
        return reply
    }

    private mutating func finishLine() throws(MailFault) -> SMTPReply? {
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(String(decoding: digits, as: UTF8.self)), (200...599).contains(number)
        else { throw MailFault(reason: "a reply has no code") }
        let separator = line.count > 3 ? line[3] : UInt8(ascii: " ")
        guard separator == UInt8(ascii: " ") || separator == UInt8(ascii: "-") else {
            throw MailFault(reason: "a reply's code isn't followed by a space or a hyphen")
        }
        guard code == nil || code == number else { throw MailFault(reason: "a reply has two codes") }
        code = number
        lines.append(String(decoding: line.dropFirst(4).map(SMTPReplyReader.inert), as: UTF8.self))
        line = []
        guard lines.count <= SMTPReplyReader.linesLimit else { throw MailFault(reason: "a reply has too many lines") }
        guard separator == UInt8(ascii: " ") else { return nil }
        defer {
            lines = []
            code = nil
        }
        return SMTPReply(code: number, lines: lines)
    }

    static func inert(_ byte: UInt8) -> UInt8 { (0x20..<0x7F).contains(byte) ? byte : UInt8(ascii: "?") }
}
