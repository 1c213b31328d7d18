import Wire

/// One command. What comes from outside stands in it as a quoted string or a literal, and so can begin no other.
struct IMAPCommand: Sendable {
    /// What is sent at once, and then behind each `+` of the server.
    private(set) var chunks: [[UInt8]]
    /// How many of the last chunks the server may leave unasked for.
    private(set) var optional = 0
    /// Whether the mailbox is changed by it: then a lost answer says nothing.
    var isEffect = false
    var startsTLS = false
    /// Whether it lasts until somebody ends it (RFC 2177): its last chunk waits for that.
    private(set) var waits = false
    /// Whether it asks for everything that came so far.
    var asksNews = false

    /// `IDLE`: the server tells what comes, until it hears `DONE`.
    static let idle: IMAPCommand = {
        var command = IMAPCommand("IDLE")
        command.chunks.append(Array("DONE".utf8))
        command.waits = true
        return command
    }()

    init(_ text: String) {
        chunks = [Array(text.utf8)]
    }

    /// `AUTHENTICATE`: the first message, and what an error is answered with.
    static func authenticate(_ mechanism: String, _ messages: [String]) -> IMAPCommand {
        var command = IMAPCommand("AUTHENTICATE \(mechanism)")
        command.chunks += messages.map { Array($0.utf8) }
        command.optional = messages.count - 1
        return command
    }

    mutating func append(_ text: String) { chunks[chunks.count - 1] += Array(text.utf8) }

    /// A string of any bytes but NUL: quoted where it can be (RFC 3501 section 4.3), a synchronizing literal otherwise.
    mutating func append(string bytes: [UInt8]) {
        guard bytes.count > 1_000 || !bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            var quoted = [UInt8(ascii: "\"")]
            for byte in bytes {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
                quoted.append(byte)
            }
            chunks[chunks.count - 1] += quoted + [UInt8(ascii: "\"")]
            return
        }
        append(literal: bytes)
    }

    mutating func append(literal bytes: [UInt8]) {
        append("{\(bytes.count)}")
        chunks.append(bytes)
    }

    mutating func append(folder: MailFolderName) { append(string: folder.encoded) }
}

/// A command under way: says what to send, and puts its responses together.
struct IMAPExchange {
    enum Action: Hashable {
        case nothing
        case send([UInt8])
        case done(IMAPReply)
    }

    let tag: String
    let command: IMAPCommand
    private var sent = 0
    private var gathered: [IMAPUntagged] = []
    private let most: Int
    /// Of a command that waits: whether the server has agreed to, and whether it shall end.
    private var isAgreed = false
    private var isEnding = false

    init(_ command: IMAPCommand, tag: String, most: Int) {
        self.command = command
        self.tag = tag
        self.most = most
    }

    /// Whether the server has the whole of a command that changes something.
    var mayBeDone: Bool { command.isEffect && sent == command.chunks.count }

    mutating func begin() -> [UInt8] { Array("\(tag) ".utf8) + next() }

    private mutating func next() -> [UInt8] {
        sent += 1
        return command.chunks[sent - 1] + Array("\r\n".utf8)
    }

    /// Ends a command that waits.
    ///
    /// - Returns: what to send now, if anything.
    mutating func endWait() -> [UInt8]? {
        guard command.waits, !isEnding else { return nil }
        isEnding = true
        return isAgreed ? next() : nil
    }

    mutating func received(_ response: IMAPResponse) throws(MailFault) -> Action {
        switch response {
        case .continuation where command.waits:
            guard !isAgreed else { throw MailFault(reason: "the mail server asks for what isn't there") }
            isAgreed = true
            return isEnding ? .send(next()) : .nothing
        case .untagged(let untagged) where command.waits:
            guard case .exists = untagged, let bytes = endWait() else { return .nothing }
            return .send(bytes)
        case .continuation:
            guard sent < command.chunks.count else {
                throw MailFault(reason: "the mail server asks for what isn't there")
            }
            return .send(next())
        case .untagged(let untagged):
            gathered.append(untagged)
            guard gathered.count <= most else { throw MailFault(reason: "the mail server says too much") }
            return .nothing
        case .tagged(let tag, let status):
            guard tag == self.tag else { throw MailFault(reason: "the mail server answers what wasn't asked") }
            guard status.word != .ok || sent >= command.chunks.count - command.optional else {
                throw MailFault(reason: "the mail server agreed before it knew to what")
            }
            return .done(IMAPReply(status: status, untagged: gathered))
        }
    }
}

/// A command's verdict, and everything that was said with it.
struct IMAPReply: Sendable, Hashable {
    let status: IMAPStatus
    let untagged: [IMAPUntagged]

    /// Of a command that had nothing to wait for.
    static let awake = IMAPReply(status: .awake, untagged: [])
}
